// The same pages printed, enlarged, without movement; and what they weigh.
import { DESK, openContext, openPage, overflow } from './browser.mjs';
import { SAMPLES } from './faces.mjs';
import { check, none, note, same, that } from './tap.mjs';

const MOST_BYTES = 150 * 1024;
const FIRST_BYTE_MS = 50; // only told, never a failure: other work may be going on
const PAGES = Object.values(SAMPLES).flat();
export const SCREEN_ONLY = '.nav, .filters, .top__tools, .skip, .head__act, form.find, .btn, .tg:not(.tg--none), .help, .lang';

async function print(page, path) {
	await check(`print: ${path}`, async () => {
		await page.emulateMedia({ media: 'screen' });
		await page.goto(path);
		const strip = await page.locator('.demo').count();
		await page.emulateMedia({ media: 'print' });
		none(await page.locator(SCREEN_ONLY).evaluateAll((all) => all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 1)
			.map((e) => e.outerHTML.slice(0, 100))), 'still there on paper');
		that(await page.locator('h1').isVisible(), 'the title is gone');
		if (strip)
			that(await page.locator('.demo').first().isVisible(), 'the strip of illustrative figures is gone');
		none(await page.locator('.src').evaluateAll((all) => all.filter((e) => !e.checkVisibility() && !e.closest('details, .vh')).map((e) => e.textContent.slice(0, 60))),
			'source lines that are gone');
		const pdf = await page.pdf({ format: 'A4', landscape: true, printBackground: true });
		same(pdf.subarray(0, 5).toString(), '%PDF-', 'begin of the file');
		that(pdf.length > 5000, `only ${pdf.length} bytes`);
	});
}

async function still(page, path) {
	await check(`reduced motion: ${path}`, async () => {
		await page.goto(path);
		const moving = await page.evaluate(() => [...document.querySelectorAll('*')].filter((e) => {
			const s = getComputedStyle(e);
			const long = (list) => list.split(',').some((t) => parseFloat(t) > 0);
			return long(s.transitionDuration) || (s.animationName !== 'none' && long(s.animationDuration)) || s.scrollBehavior === 'smooth';
		}).map((e) => e.outerHTML.slice(0, 100)));
		none(moving, 'still moves');
		same(await page.evaluate(() => document.getAnimations().length), 0, 'animations');
	});
}

// 200 % in a window of 1366 × 768: half as many pixels, each twice as large.
async function enlarged(page, path) {
	await check(`zoom 200 %: ${path}`, async () => {
		await page.goto(path);
		none(await overflow(page), 'wider than the window');
		const found = await page.evaluate(() => {
			const stuck = [...document.querySelectorAll('body *')].filter((e) => ['fixed', 'sticky'].includes(getComputedStyle(e).position) && !e.closest('.tw'))
				.reduce((sum, e) => sum + e.getBoundingClientRect().height, 0);
			// Words cut off: text in a box that hides what does not fit, with nothing to scroll it.
			const cut = [...document.querySelectorAll('main *, header *')].filter((e) => {
				const s = getComputedStyle(e);
				return e.checkVisibility() && ['hidden', 'clip'].includes(s.overflowX) && e.clientWidth > 2 && e.scrollWidth > e.clientWidth + 1 && e.innerText?.trim();
			}).map((e) => e.outerHTML.slice(0, 100));
			return { stuck, cut, title: document.querySelector('h1').getBoundingClientRect().height };
		});
		that(found.stuck < innerHeight200 / 3, `${Math.round(found.stuck)} px of ${innerHeight200} stay in place`);
		none(found.cut, 'cut off');
		that(found.title > 0, 'no title');
	});
}

const innerHeight200 = DESK.height / 2;

async function weight(browser, address, path) {
	const context = await openContext(browser, address);
	const page = await openPage(context, address);
	await check(`weight of a first visit: ${path}`, async () => {
		const session = await context.newCDPSession(page);
		await session.send('Network.enable');
		let bytes = 0;
		session.on('Network.loadingFinished', (e) => (bytes += e.encodedDataLength));
		await page.goto(path, { waitUntil: 'networkidle' });
		await page.evaluate(() => document.fonts.ready.then(() => 0));
		const first = await page.evaluate(() => {
			const n = performance.getEntriesByType('navigation')[0];
			return n.responseStart - n.requestStart;
		});
		const parts = await page.evaluate(() => performance.getEntriesByType('resource').map((r) => `${r.name.split('/').pop()} ${r.encodedBodySize}`).join(', '));
		note(`${path}: ${bytes} bytes, first byte after ${first.toFixed(1)} ms${first > FIRST_BYTE_MS ? `, more than ${FIRST_BYTE_MS} ms` : ''} (${parts})`);
		that(bytes > 1000 && bytes <= MOST_BYTES, `${bytes} bytes, at most ${MOST_BYTES}`);
	});
	await context.close();
}

export async function media({ browser, address }) {
	const runs = [[{}, print], [{ reducedMotion: 'reduce' }, still], [{ viewport: { width: DESK.width / 2, height: innerHeight200 }, deviceScaleFactor: 2 }, enlarged]];
	for (const [options, body] of runs) {
		const context = await openContext(browser, address, options);
		const page = await openPage(context, address);
		for (const path of PAGES)
			await body(page, path);
		await context.close();
	}
	for (const path of PAGES)
		await weight(browser, address, path);
}
