/**
 * The HTML that the chat's page starts from. Everything is refused that is not one of our own bundled files: no inline
 * script or style, no image, no connection, no frame. What an answer says can therefore load nothing, whatever it is.
 */
import { Uri, type Webview } from 'vscode';
import type { Sentences } from '../../../server/src/base/l10n.js';

export function pageFolder(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webview');
}

/** What the page speaks. */
export interface Spoken {
  language: string;
  sentences: Sentences;
}

export function pageHtml(webview: Webview, extensionUri: Uri, { language, sentences }: Spoken): string {
  const folder = pageFolder(extensionUri);
  const script = webview.asWebviewUri(Uri.joinPath(folder, 'chat.js'));
  const style = webview.asWebviewUri(Uri.joinPath(folder, 'chat.css'));
  const nonce = crypto.randomUUID();
  const policy = [
    `default-src 'none'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `script-src 'nonce-${nonce}'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${attribute(language)}" data-sentences="${attribute(JSON.stringify(sentences))}">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" id="vscode-codicon-stylesheet" href="${style}" />
    <title>Scholia</title>
  </head>
  <body>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}

function attribute(text: string): string {
  return text.replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);
}
