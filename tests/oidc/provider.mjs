// A real OpenID provider on this machine for tests.   node provider.mjs FOLDER [port=N] [alg=RS256|ES256] [kid=WORD] [login=NAME]
//
// Prints "port N". Whoever comes is signed in as `login` at once. GET /__browse?url=URL walks through the redirects of a sign-in as a browser with
// cookies would, and answers with the address at which it would come back to the client.
import http from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { text } from 'node:stream/consumers';
import Provider from 'oidc-provider';

// What it says about itself would go into a pipe that nobody reads.
console.info = console.warn = () => {};

const options = Object.fromEntries(process.argv.slice(3).map((a) => a.split('=', 2)));
const alg = options.alg ?? 'RS256';
const login = options.login ?? 'binh';
const redirect = 'http://127.0.0.1:1/dang-nhap/quay-ve';
const pair = alg === 'ES256' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
const key = { ...pair.privateKey.export({ format: 'jwk' }), use: 'sig', alg, kid: options.kid ?? 'a' };

const server = http.createServer();
server.listen(Number(options.port ?? 0), '127.0.0.1', () => {
	const { port } = server.address();
	const provider = new Provider(`http://127.0.0.1:${port}`, {
		clients: [{ client_id: 'thuocdo', client_secret: 'bi mat & dai', redirect_uris: [options.redirect ?? redirect], id_token_signed_response_alg: alg }],
		jwks: { keys: [key] },
		pkce: { required: () => true },
		scopes: ['openid', 'email', 'profile'],
		claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
		conformIdTokenClaims: false,
		cookies: { keys: ['x'] },
		features: { devInteractions: { enabled: false } },
		interactions: { url: (ctx, i) => `/__in/${i.uid}` },
		findAccount: (ctx, id) => ({
			accountId: id,
			claims: () => ({ sub: id, email: `${id}@x.vn`, email_verified: true, name: 'Trần Văn Bình', preferred_username: id }),
		}),
		loadExistingGrant: async (ctx) => {
			const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
			grant.addOIDCScope('openid email profile');
			await grant.save();
			return grant;
		},
	});
	const answer = provider.callback();
	server.on('request', async (request, response) => {
		const url = new URL(request.url, `http://127.0.0.1:${port}`);
		if (url.pathname === '/__browse') {
			response.end(await browse(url.searchParams.get('url')));
		} else if (url.pathname.startsWith('/__in/')) {
			await provider.interactionFinished(request, response, { login: { accountId: login } }, { mergeWithLastSubmission: false });
		} else {
			answer(request, response);
		}
	});
	console.log(`port ${port}`);
});

// Without fetch: the Headers of Debian 12's Node cannot list cookies one by one.
function get(url, headers) {
	return new Promise((done, fail) => http.get(url, { headers }, done).on('error', fail));
}

async function browse(url) {
	const cookies = new Map();
	for (let step = 0; step < 20; step++) {
		if (url.startsWith(options.redirect ?? redirect))
			return url;
		const r = await get(url, { cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join('; ') });
		for (const c of r.headers['set-cookie'] ?? []) {
			const [k, ...v] = c.split(';')[0].split('=');
			cookies.set(k, v.join('='));
		}
		const next = r.headers.location;
		if (!next)
			return `stopped ${r.statusCode} ${await text(r)}`;
		r.resume();
		url = new URL(next, url).href;
	}
	return 'too many redirects';
}
