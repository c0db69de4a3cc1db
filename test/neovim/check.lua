-- What a person does in Neovim, one step after another; what came of it is written as JSON for the test to judge.
local seen = { version = tostring(vim.version()) }

local function finish()
  vim.fn.writefile({ vim.json.encode(seen) }, vim.env.SCHOLIA_SEEN)
  vim.cmd('qall!')
end

local ok, failure = pcall(function()
  vim.cmd.edit('src/checkout.ts')
  local buffer = vim.api.nvim_get_current_buf()
  local client
  assert(vim.wait(60000, function()
    client = vim.lsp.get_clients({ bufnr = buffer, name = 'scholia' })[1]
    return client ~= nil and client.initialized
  end, 50), 'the server did not start')
  local function ask(method, params)
    local reply = assert(client:request_sync(method, params, 60000, buffer))
    assert(not reply.err, vim.inspect(reply.err))
    return reply.result
  end
  assert(vim.wait(60000, function()
    seen.status = ask('scholia/status')[1]
    return seen.status.state == 'ready'
  end, 100), 'the index was not built')

  local line = vim.fn.search('totalPrice(items')
  local position = { line = line - 1, character = vim.fn.getline(line):find('totalPrice') - 1 }
  seen.hover = ask('textDocument/hover', { textDocument = vim.lsp.util.make_text_document_params(buffer), position = position })
  seen.search = ask('scholia/search', { query = 'value added tax', limit = 3 })

  -- Unsaved text counts.
  vim.api.nvim_buf_set_lines(buffer, -1, -1, false, { '', '/** Of a zebra. */', 'export function zebraStripes() {}' })
  assert(vim.wait(30000, function()
    seen.unsaved = ask('scholia/search', { query = 'zebraStripes', limit = 1 })
    return seen.unsaved[1] ~= nil and seen.unsaved[1].text:find('zebraStripes') ~= nil
  end, 100), 'unsaved text was not found')

  vim.cmd('Scholia How is the total price made?')
  assert(vim.wait(60000, function() return #vim.fn.getqflist() > 0 end, 50), 'no answer came')
  seen.quickfix = vim.tbl_map(function(item)
    return { path = vim.fn.bufname(item.bufnr), lnum = item.lnum, text = item.text }
  end, vim.fn.getqflist())
  seen.answer = vim.api.nvim_buf_get_lines(0, 0, -1, false)

  vim.cmd.edit('scholia.json')
  assert(vim.wait(30000, function() return #vim.diagnostic.get(0) > 0 end, 50), 'no diagnostic came')
  seen.diagnostics = vim.tbl_map(function(found)
    return { line = found.lnum + 1, message = found.message, source = found.source }
  end, vim.diagnostic.get(0))
end)
if not ok then seen.failure = tostring(failure) end
finish()
