/**
 * The HTML that the chat's page starts from. Everything is refused that is not one of our own bundled files: no inline
 * script or style, no image, no connection, no frame. What an answer says can therefore load nothing, whatever it is.
 */
import { Uri, type Webview } from 'vscode';

export function pageFolder(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webview');
}

export function pageHtml(webview: Webview, extensionUri: Uri): string {
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
<html lang="en">
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
