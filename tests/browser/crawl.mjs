// From the first page along every internal link, in both languages: some pages of each kind are opened and looked at, all others are asked for.
import { axeFindings, DESK, openContext, openPage, overflow, PHONE, setTheme, violations } from './browser.mjs';
import { get, kindOf, kindsOfPages, languageOf } from './site.mjs';
import { check, none, note, same, that } from './tap.mjs';

const MOST_PAGES = 250;
const PER_KIND = 5; // opened of each kind, set of query fields and language
const MOST_LINKS = 600; // asked for in each language beside those opened
const TABS = 2; // pages open side by side
const FILE = /\.(csv|json)$|\/du-lieu$/;
// Kinds that no public page links to: files belong to what they prove, jobs to whoever started them, the rest comes after a form or by letter.
const UNLINKED = new Set(['/tep/{id}', '/tep/{id}/thong-tin', '/cong-viec/{job}', '/khao-sat/{survey}/cam-on', '/khao-sat/{survey}/du-lieu', '/phieu/{token}', '/cai-dat', '/dang-nhap/ma',
	'/dang-nhap/mot-lan', '/dang-nhap/quay-ve', '/dat-mat-khau/{token}']);

// Runs in the page.
function gather() {
	const text = (e) => e.textContent.replace(/\s+/g, ' ').trim();
	const all = (selector) => [...document.querySelectorAll(selector)];
	const ids = all('[id]').map((e) => e.id);
	const out = {
		h1: all('h1').map(text), title: document.title, lang: document.documentElement.lang, mains: all('main').length,
		headings: all('h1,h2,h3,h4,h5,h6').filter((e) => e.checkVisibility()).map((e) => Number(e.tagName[1])),
		doubled: ids.filter((id, i) => ids.indexOf(id) !== i),
		styled: all('[style]').map((e) => e.outerHTML.slice(0, 120)),
		handlers: all('*').flatMap((e) => [...e.attributes].filter((a) => a.name.startsWith('on')).map((a) => `${e.tagName} ${a.name}`)),
		links: all('a[href]').map((a) => a.href),
		dead: all('a[href^="#"]').map((a) => a.getAttribute('href')).filter((h) => h === '#' || !document.getElementById(decodeURIComponent(h.slice(1)))),
		icons: all('use').map((u) => u.getAttribute('href')).filter((h) => h?.startsWith('#') && !document.getElementById(h.slice(1))),
		unscoped: all('main thead th:not([scope])').map(text),
		nameless: all('main table').filter((t) => !t.caption && !t.closest('[aria-label],[aria-labelledby],section,details')).length,
		odd: document.body.innerText.split('\n').filter((l) => /\{\{|\}\}|\{\d\}|\bundefined\b|\bNaN\b|\(null\)|�/.test(l)),
		demo: all('.demo').filter((e) => e.checkVisibility()).map(text).join(' '),
		scrolled: scrollY,
		forms: [],
	};
	// Each choice of a filter leads to a page as well.
	for (const form of all('form')) {
		if (form.method !== 'get')
			continue;
		const fields = new URLSearchParams(new FormData(form));
		for (const select of form.querySelectorAll('select')) {
			const other = [...select.options].filter((o) => !o.selected).pop();
			if (!other)
				continue;
			const varied = new URLSearchParams(fields);
			varied.set(select.name, other.value);
			out.forms.push(`${form.action.split('?')[0]}?${varied}`);
		}
	}
	return out;
}

function structureFaults(facts, url) {
	const faults = [];
	const language = languageOf(url.pathname);
	const fault = (bad, what) => bad && faults.push(what);
	fault(facts.h1.length !== 1 || !facts.h1[0], `h1: ${JSON.stringify(facts.h1)}`);
	fault(facts.title.length < 10 || facts.title.length > 240, `title: ${facts.title}`);
	fault(facts.lang !== language, `lang is ${facts.lang}`);
	fault(facts.mains !== 1, `${facts.mains} main`);
	fault(facts.headings.some((h, i) => i && h > facts.headings[i - 1] + 1), `a level of headings is left out: ${facts.headings.join(' ')}`);
	fault(facts.scrolled, `opens ${facts.scrolled} px below its top`);
	fault(facts.doubled.length, `id more than once: ${facts.doubled.join(' ')}`);
	fault(facts.styled.length, `style attribute: ${facts.styled[0]}`);
	fault(facts.handlers.length, `inline handler: ${facts.handlers[0]}`);
	fault(facts.dead.length, `links to no place of the page: ${facts.dead.join(' ')}`);
	fault(facts.icons.length, `icons that are not there: ${facts.icons.join(' ')}`);
	fault(facts.unscoped.length, `table heads without scope: ${facts.unscoped.join(', ')}`);
	fault(facts.nameless, `${facts.nameless} tables without caption or heading`);
	fault(facts.odd.length, `unfilled text: ${facts.odd.slice(0, 3).join(' | ')}`);
	return faults;
}

class Crawl {
	constructor(kinds, address) {
		this.kinds = kinds;
		this.address = address;
		this.queue = [];
		this.found = new Map(); // address → the page it was found on
		this.opened = new Map(); // address → facts
		this.taken = new Map(); // kind, query fields and language → how many pages
		this.active = 0;
		this.waiting = [];
	}

	// The next page to open, when there is one; undefined at the end.
	async next() {
		while (!this.queue.length && this.active)
			await new Promise((wake) => this.waiting.push(wake));
		const job = this.queue.shift();
		if (job)
			this.active++;
		return job;
	}

	done() {
		this.active--;
		this.waiting.splice(0).forEach((wake) => wake());
	}

	// Query fields in one order, nothing after #.
	tidy(href) {
		const u = new URL(href, this.address);
		u.hash = '';
		return u;
	}

	offer(href, from) {
		const u = this.tidy(href);
		if (u.origin !== this.address || this.found.has(u.href))
			return;
		this.found.set(u.href, from);
		const kind = kindOf(this.kinds, u.pathname);
		if (!kind || FILE.test(u.pathname))
			return;
		const fields = [...u.searchParams.keys()].sort().join(',');
		const slot = `${kind.path}?${fields} ${languageOf(u.pathname)}`;
		const n = this.taken.get(slot) || 0;
		// Many sets of fields: two pages of each will do.
		if (n >= (fields ? 2 : PER_KIND) || this.opened.size + this.queue.length + this.active >= MOST_PAGES)
			return;
		this.taken.set(slot, n + 1);
		this.queue.push({ url: u, slot, first: n === 0, kind });
	}
}

async function look(page, job, crawl, axe) {
	const { url } = job;
	const name = `${url.pathname}${decodeURIComponent(url.search)}`;
	let facts;
	await check(`page ${name} is sound`, async () => {
		page.faults.length = 0;
		const answer = await page.goto(url.href);
		same(answer.status(), 200, 'status');
		facts = await page.evaluate(gather);
		const json = job.kind.json ? await (await get(page.url(), { Accept: 'application/json' })).json() : undefined;
		none([...structureFaults(facts, url), ...page.faults, ...await violations(page)], 'found');
		if (json?.data.illustrative)
			that(/minh họa|illustrative/i.test(facts.demo), 'no strip “số liệu minh họa”, though the data are illustrative');
		if (/\/ket-qua\/(?!luu-tru)./.test(url.pathname))
			that(/số liệu minh họa|illustrative figures/i.test(facts.demo), 'no strip on a round of Tỉnh Mẫu');
		if (/38\.thanh-hoa$/.test(url.pathname))
			same(facts.demo, '', 'strip on a page of published results');
	});
	crawl.opened.set(url.href, facts);
	if (!facts)
		return;
	for (const href of [...facts.links, ...facts.forms])
		crawl.offer(href, name);
	await check(`page ${name} fits 1366 and 390 px`, async () => {
		const desk = await overflow(page);
		await page.setViewportSize(PHONE);
		const phone = await overflow(page);
		await page.setViewportSize(DESK);
		none([...desk, ...phone], 'wider than the window');
	});
	if (!job.first)
		return;
	const vietnamese = languageOf(url.pathname) === 'vi';
	for (const theme of vietnamese ? ['light', 'dark'] : ['light'])
		await check(`axe: ${job.slot} (${theme}): ${name}`, async () => {
			await setTheme(page, theme);
			none(await axeFindings(page, axe), 'WCAG 2.1 A and AA');
		});
	await setTheme(page, 'light');
	await page.setViewportSize(PHONE);
	if (vietnamese)
		await check(`axe: ${job.slot} (390 px): ${name}`, async () => none(await axeFindings(page, axe), 'WCAG 2.1 A and AA'));
	await check(`page ${name} reflows at 320 px`, async () => {
		await page.setViewportSize({ width: 320, height: 640 });
		none(await overflow(page), 'wider than the window');
	});
	await page.setViewportSize(DESK);
}

async function worker(context, crawl, axe) {
	const page = await openPage(context, crawl.address);
	for (let job = await crawl.next(); job; job = await crawl.next()) {
		try {
			await look(page, job, crawl, axe);
		} finally {
			crawl.done();
		}
	}
	await page.close();
}

async function otherLinks(crawl, language) {
	const rest = [...crawl.found.keys()].filter((u) => languageOf(new URL(u).pathname) === language && !crawl.opened.has(u));
	const step = Math.max(1, Math.ceil(rest.length / MOST_LINKS));
	const asked = rest.filter((_, i) => i % step === 0);
	await check(`all other links answer (${language})`, async () => {
		const bad = [];
		const queue = [...asked];
		await Promise.all(Array.from({ length: 6 }, async () => {
			for (let u = queue.pop(); u; u = queue.pop()) {
				const answer = await get(u);
				await answer.arrayBuffer();
				if (answer.status >= 400)
					bad.push(`${answer.status} ${u} from ${crawl.found.get(u)}`);
			}
		}));
		none(bad, 'dead links');
	});
	note(`${language}: ${asked.length} other links of ${rest.length} asked for`);
}

export async function crawl({ browser, axe, address }) {
	const kinds = await kindsOfPages(address);
	const c = new Crawl(kinds, address);
	const context = await openContext(browser, address);
	c.offer('/', 'start');
	c.offer('/en', 'start');
	await Promise.all(Array.from({ length: TABS }, () => worker(context, c, axe)));
	await context.close();
	note(`${c.opened.size} pages opened, ${c.found.size} addresses found`);

	for (const language of ['vi', 'en']) {
		const reached = new Set([...c.opened.keys()].map((u) => new URL(u)).filter((u) => languageOf(u.pathname) === language)
			.map((u) => kindOf(kinds, u.pathname).path));
		const redirected = new Set([...c.found.keys()].map((u) => kindOf(kinds, new URL(u).pathname)?.path));
		await check(`each kind of page is reached by links (${language})`,
			() => none(kinds.map((k) => k.path).filter((p) => !reached.has(p) && !redirected.has(p) && !UNLINKED.has(p)), 'not reached'));
		await check(`links stay in the language (${language})`, () => {
			const strays = [];
			for (const [u, facts] of c.opened) {
				if (!facts || languageOf(new URL(u).pathname) !== language)
					continue;
				const others = new Set(facts.links.map((h) => c.tidy(h)).filter((l) => l.origin === address && languageOf(l.pathname) !== language &&
					!l.pathname.startsWith('/static/') && !FILE.test(l.pathname)).map((l) => l.pathname));
				if (others.size > 1)
					strays.push(`${u}: ${[...others].join(' ')}`);
			}
			none(strays, 'pages with more than one link into the other language');
		});
		await otherLinks(c, language);
	}
}
