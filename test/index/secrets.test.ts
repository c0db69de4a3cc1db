/** Which strings are secret, and that masking them moves nothing. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holdsMask, maskSecrets } from '../../server/src/index/secrets.js';
import { keyLines, madeUp, pem, SHAPED, UNSHAPED } from '../support/canaries.js';
import { arbitraryText } from '../support/sources.js';

const dots = (secret: string) => secret.replace(/[^\r\n]/g, '•');

/** `marked` with each `⟦secret⟧` masked, and nothing else. */
function checkMask(marked: string): void {
  const text = marked.replace(/[⟦⟧]/g, '');
  const found = maskSecrets(text);
  expect(found.text).toBe(marked.replace(/⟦([^⟧]*)⟧/g, (_whole, secret: string) => dots(secret)));
  expect(maskSecrets(found.text)).toEqual({ text: found.text, spans: [] });
}

const SURROUNDINGS = [
  (secret: string) => secret,
  (secret: string) => `const client = connect('${secret}');`,
  (secret: string) => `KEY=${secret}`,
  (secret: string) => `# use ${secret}, not mine`,
  (secret: string) => `{"value":"${secret}"}`,
  (secret: string) => `<key>${secret}</key>\r\n`,
  (secret: string) => `curl -H "X-Key: ${secret}" https://api.test`,
  (secret: string) => `see \`${secret}\`.`,
  (secret: string) => `a_${secret}`,
];

for (const [name, secret] of Object.entries(SHAPED))
  test(`a secret of a published shape is masked wherever it stands: ${name}`, () => {
    // A boundary that the shape itself asks for.
    const around = ['Azure client secret', 'Telegram'].includes(name) ? SURROUNDINGS.slice(0, -1) : SURROUNDINGS;
    for (const surround of around) {
      const { text } = maskSecrets(surround(secret));
      expect(text, surround('…')).toBe(surround(dots(secret)));
    }
  });

test('a value is masked when its name calls it secret and it looks random', () => {
  const { password, token, hex, base64, awsSecretKey } = UNSHAPED;
  for (const marked of [
    `const password = "⟦${password}⟧";`,
    `password: '⟦${password}⟧',`,
    `private static final String DB_PASSWORD = "⟦${password}⟧";`,
    `const apiKey: string = '⟦${token}⟧';`,
    `let client_secret := \`⟦${token}⟧\``,
    `{"access_token": "⟦${token}⟧", "token_type": "bearer"}`,
    `"{\\"password\\":\\"⟦${token}⟧\\"}"`,
    `define('AUTH_KEY', '⟦${password}⟧');`,
    `client.setToken("⟦${token}⟧")`,
    `:secret => "⟦${hex}⟧"`,
    `SECRET_KEY = b'⟦${password}⟧'`,
    `API_KEY="""⟦${token}⟧"""`,
    `if (token === "⟦${token}⟧") return;`,
    `export SESSION_SECRET=⟦${token}⟧`,
    `  webhook_secret: ⟦${hex}⟧ # staging`,
    `<password>⟦${token}⟧</password>`,
    `DefaultEndpointsProtocol=https;AccountKey=⟦${base64}⟧;EndpointSuffix=x`,
    `GET /v1/items?api_key=⟦${token}⟧&page=2`,
    `const refreshToken =\n    '⟦${token}⟧';`,
    `// the old token: ⟦${token}⟧`,
    `Authorization: Bearer ⟦${token}⟧`,
    `headers.set('Authorization', 'Basic ⟦${base64}⟧')`,
    `aws_secret_access_key = ⟦${awsSecretKey}⟧`,
    `{ "SecretAccessKey": "⟦${awsSecretKey}⟧" }`,
    `AWS_SECRET=⟦${awsSecretKey}⟧`,
  ])
    checkMask(marked);
});

test('of an address with credentials only the password is masked', () => {
  checkMask(`DATABASE_URL=postgres://shop:⟦${UNSHAPED.urlPassword}⟧@db.test:5432/shop`);
  checkMask('redis://:⟦hunter2⟧@cache.test');
  checkMask('amqp://guest:⟦p@ss:word⟧@mq.test/vhost');
});

test('a private key is masked between its dashes, in any wrapping', () => {
  const lines = keyLines(60);
  const hidden = lines.map((line) => `⟦${line}⟧`);
  for (const kind of ['RSA PRIVATE KEY', 'PRIVATE KEY', 'EC PRIVATE KEY', 'OPENSSH PRIVATE KEY'])
    checkMask(`${pem(hidden, kind)}\nconst after = 1;\n`);
  checkMask(pem(hidden, 'PGP PRIVATE KEY BLOCK', '\r\n'));
  checkMask(`{"private_key": "${pem(hidden, 'PRIVATE KEY', '\\n')}\\n"}`);
  checkMask(`# ${pem(hidden, 'PRIVATE KEY', '\n# ')}`);
  checkMask(`const key = "${pem(hidden, 'PRIVATE KEY', '\\n" +\n  "')}";`);
  checkMask(`key: |\n    ${pem(hidden, 'PRIVATE KEY', '\n    ')}`);
});

test('a private key that is cut off is masked to its last full line', () => {
  const lines = keyLines(70).slice(0, 3);
  const hidden = lines.map((line) => `⟦${line}⟧`);
  checkMask(`-----BEGIN PRIVATE KEY-----\n${hidden.join('\n')}\n\nexport function after() {}\n`);
  checkMask(`// -----BEGIN PRIVATE KEY-----\n// ${hidden.join('\n// ')}\nexport function after() {}\n`);
});

test('code and prose that speak of secrets are left as they are', () => {
  for (const text of [
    'const password = process.env.DATABASE_PASSWORD_2024_V1;',
    'const password = "changeme-changeme-1234";',
    `password: "\${DATABASE_PASSWORD_1}"`,
    'password: {{ .Values.database.password1 }}',
    "secret: '<your-client-secret-1234>'",
    'token = "xxxxxxxxxxxxxxxxxxxxxxxx1"',
    'api_key: your_api_key_goes_here_123',
    'apiKey: "example-api-key-0123456789"',
    'const token = parseTokenV2FromHeader(request);',
    'token = lexer.nextTokenOfKind2(Kind.Identifier)',
    'class Signer(PrivateKey, X25519Ed448PublicKey22): pass',
    'const TOKEN = "/oauth2/v2.0/token";',
    'const passwordInput = "current-password-input-2";',
    '"forgotPassword": "auth.forgot-password.title-2"',
    'token: "2026-11-02T10:11:12.000Z"',
    'secret: "The quick brown fox jumps over 13 lazy dogs"',
    'secretName: "database-credentials-v2"',
    'token: "https://login.test/oauth2/v2.0/token"',
    'const tokenKinds = ["IdentifierName1", "StringLiteral22"];',
    "expect(token).toBe('K1')",
    `clientSecret: "${'1b4e28ba-2fa1-11d2-883f-0016d3cca427'}"`,
    `commit ${madeUp(40, 80, '0123456789abcdef')}`,
    `"integrity": "sha512-${madeUp(86, 81)}=="`,
    `rev = "${madeUp(40, 82, '0123456789abcdef')}"`,
    `uses: actions/checkout@${madeUp(40, 83, '0123456789abcdef')}`,
    `src="data:image/png;base64,iVBORw0KGgo${madeUp(300, 84)}="`,
    `token: "data:image/png;base64,iVBORw0KGgo${madeUp(300, 85)}="`,
    `https://user:password@host.test and https://\${user}:\${password}@host.test`,
    'http://localhost:3000/users/@me and ws://[::1]:8080/a@b',
    `fetch(\`https://\${name}:\${await secret()}@registry.test\`)`,
    "if (text.startsWith('-----BEGIN PRIVATE KEY-----')) parse(text);\n".repeat(3),
    'const BEGIN = "-----BEGIN RSA PRIVATE KEY-----";\nfunction isBegin(line: string) {}\nconst END = "-----END RSA PRIVATE KEY-----";',
    `-----BEGIN CERTIFICATE-----\n${keyLines(86).join('\n')}\n-----END CERTIFICATE-----`,
    `-----BEGIN PUBLIC KEY-----\n${keyLines(87).join('\n')}\n-----END PUBLIC KEY-----`,
    `gh${'p_'}${'x'.repeat(36)}`,
    '.sk-loading-spinner-circle-animated { color: red }',
    'risk-assessmentframeworkdocumentation',
    'npm_config_registry npm_lifecycle_script_of_the_package_manager_itself',
    'Basic authentication and Bearer authorization-scheme-names',
    'eyJ is how every token begins',
    'ASIACUPCHAMPIONSHIPMATCH2024',
    '• a list\n• of points\n',
  ])
    expect(maskSecrets(text), text).toEqual({ text, spans: [] });
});

test('spans tell which part of a text is masked', () => {
  const text = `• point\nkey ${SHAPED['GitLab']}\nend\n`;
  const found = maskSecrets(text);
  const start = text.indexOf(SHAPED['GitLab']!);
  expect(found.spans).toEqual([{ start, end: start + SHAPED['GitLab']!.length }]);
  expect(holdsMask(found, { start: 0, end: start })).toBe(false);
  expect(holdsMask(found, { start: 0, end: start + 1 })).toBe(true);
  expect(holdsMask(found, { start: text.indexOf('end'), end: text.length })).toBe(false);
});

const secret = fc.constantFrom(
  ...Object.values(SHAPED),
  ...Object.values(UNSHAPED),
  pem(keyLines(90)),
  ...keyLines(91),
);
const glue = fc.constantFrom(
  ...[
    'password="',
    "token: '",
    'secret=',
    'aws_secret_key=',
    '"',
    "'",
    '`',
    ' ',
    '\n',
    '\r\n',
    '\r',
    ';',
    ',',
    ' = ',
    '(',
  ],
  ...[
    '://u:',
    '@',
    '-----BEGIN PRIVATE KEY-----',
    '-----END PRIVATE KEY-----',
    '-----',
    '\\n',
    '\\"',
    '.',
    '-',
    '_',
    '/',
  ],
  ...['•', '😀', 'Bearer ', 'sk-', 'eyJ', 'ghp_', 'SG.', 'AKIA', 'token', 'api_key', ': string = ', '='],
);
const pieces = fc.array(fc.oneof(secret, glue, glue, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 30 });

test('length and line breaks are kept, what is no span is untouched, and masking twice is masking once', () =>
  fc.assert(
    fc.property(
      pieces.map((parts) => parts.join('')),
      (text) => {
        const found = maskSecrets(text);
        expect(found.text).toHaveLength(text.length);
        let at = 0;
        for (const { start, end } of found.spans) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          expect(found.text.slice(at, start)).toBe(text.slice(at, start));
          expect(text.slice(start, end)).not.toMatch(/[\r\n]/);
          expect(found.text.slice(start, end)).toBe('•'.repeat(end - start));
          at = end;
        }
        expect(found.text.slice(at)).toBe(text.slice(at));
        expect(maskSecrets(found.text).text).toBe(found.text);
      },
    ),
    { numRuns: 3000 },
  ));

test('text without secrets comes back as it is', () =>
  fc.assert(fc.property(arbitraryText, (text) => void expect(maskSecrets(text).text).toBe(text))));

/** Each could make a careless pattern begin again and again in what it has already read. */
const HOSTILE: Record<string, string> = {
  'one long run': 'a',
  'one long run of base64': 'Ab3/',
  'beginnings of tokens': 'eyJ',
  'tokens of two parts': `eyJ${'a'.repeat(12)}.eyJ-`,
  'beginnings of keys': '-----BEGIN PRIVATE KEY-----',
  'beginnings of keys with a line': `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(39)}\n`,
  dashes: '-',
  'addresses without an end': '://a:b',
  'colons and ats': '://a:@',
  'names without values': 'password',
  'names and equals': 'token=',
  'names and quotes': `token="token='`,
  'names and spaces': 'secret            ',
  'names and types': 'secret: secret: ',
  'AWS names': 'aws_',
  'short tokens': 'sk-ant-',
  'digits at the end': `sk-${'a'.repeat(40)}`,
  'SendGrid dots': `SG.${'a'.repeat(22)}.`,
  'Azure tildes': '1Q~',
  quotes: `"'\``,
  spaces: ' ',
  'line breaks': '\r\n',
  masks: '•',
  Bearer: 'Bearer ',
};

for (const [name, unit] of Object.entries(HOSTILE))
  test(`time grows with the text and not with its square: ${name}`, () => {
    const timeOf = (length: number) => {
      const text = unit.repeat(Math.ceil(length / unit.length));
      const start = performance.now();
      maskSecrets(text);
      return performance.now() - start;
    };
    const best = (length: number) => Math.min(...[1, 2, 3].map(() => timeOf(length)));
    timeOf(100_000);
    // Sixteen times the text: sixteen times the time if linear, 256 times if not. What is too quick to measure is fine.
    const small = Math.max(best(62_500), 1);
    expect(best(1_000_000) / small).toBeLessThan(64);
  });
