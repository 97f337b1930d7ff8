// What the server says of itself: its kinds of pages, from the OpenAPI document.
export async function kindsOfPages(address) {
	const paths = (await (await fetch(`${address}/openapi.json`)).json()).paths;
	const kinds = [];
	for (const [path, methods] of Object.entries(paths)) {
		const content = methods.get?.responses?.['200']?.content || {};
		if (methods.get?.['x-permission'] !== 'public' || path.includes('{token}') || path === '/cai-dat' || path === '/bieu-trung') // the rest: tests/http/test_people.py and the journey of accounts; a logo is no page
			continue;
		if ('text/html' in content)
			kinds.push({ path, words: path.split('/'), json: 'application/json' in content, csv: 'text/csv' in content });
	}
	return kinds;
}

export function languageOf(pathname) {
	return pathname === '/en' || pathname.startsWith('/en/') ? 'en' : 'vi';
}

function without(pathname) {
	return pathname === '/en' ? '/' : pathname.startsWith('/en/') ? pathname.slice(3) : pathname;
}

// The kind whose literal words fit best; undefined: no page.
export function kindOf(kinds, pathname) {
	const words = without(pathname).split('/');
	const literal = (k) => k.words.filter((w) => !w.startsWith('{')).length;
	return kinds.filter((k) => k.words.length === words.length && k.words.every((w, i) => w.startsWith('{') ? words[i] !== '' : w === words[i]))
		.sort((a, b) => literal(b) - literal(a))[0];
}

// The address of another face of a page: .json or .csv before the query.
export function face(url, ending) {
	const u = new URL(url);
	u.pathname = (u.pathname === '/' ? '/' : u.pathname.replace(/\/$/, '')) + (u.pathname === '/en' ? '/' : '') + ending;
	return u.href;
}

// GET; when the server asks for patience, it gets it.
export async function get(url, headers = {}) {
	for (;;) {
		const answer = await fetch(url, { headers, redirect: 'manual' });
		if (answer.status !== 429)
			return answer;
		await answer.arrayBuffer();
		await new Promise((resolve) => setTimeout(resolve, 1000 * (Number(answer.headers.get('Retry-After')) || 1)));
	}
}
