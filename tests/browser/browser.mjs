// Chromium, and pages that remember whatever went wrong on them.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

export const DESK = { width: 1366, height: 768 };
export const PHONE = { width: 390, height: 844 };
const WAIT_MS = 10000;

const FLAGS = ['--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

// modules: the folder that holds node_modules.
export async function launch(modules) {
	const require = createRequire(join(modules, 'package.json'));
	const { chromium } = require('playwright-core');
	const program = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => p && existsSync(p));
	if (!program)
		throw new Error('no Chromium found; CHROMIUM names another place');
	const browser = await chromium.launch({ executablePath: program, args: [...FLAGS, ...(process.getuid() === 0 ? ['--no-sandbox'] : [])] });
	return { browser, axe: readFileSync(require.resolve('axe-core/axe.min.js'), 'utf-8') };
}

// A context whose pages collect faults: messages and errors of scripts, policy violations, requests that fail or leave the server.
export async function openContext(browser, address, options = {}) {
	const { javaScript = true, ...rest } = options;
	const context = await browser.newContext({ baseURL: address, viewport: DESK, locale: 'vi-VN', timezoneId: 'Asia/Ho_Chi_Minh', javaScriptEnabled: javaScript, ...rest });
	context.setDefaultTimeout(WAIT_MS);
	if (javaScript)
		await context.addInitScript(() => {
			globalThis.violations = [];
			document.addEventListener('securitypolicyviolation', (e) => globalThis.violations.push(`${e.violatedDirective}: ${e.blockedURI} ${e.sample}`));
		});
	return context;
}

// page.faults: what went wrong since it was last emptied. page.expects: a status (404) that the test wants, else 0.
export async function openPage(context, address) {
	const page = await context.newPage();
	page.faults = [];
	page.expects = 0;
	page.on('pageerror', (e) => page.faults.push(`script: ${e.message}`));
	page.on('console', (m) => {
		if ((m.type() === 'error' || m.type() === 'warning') && !(page.expects && m.text().includes(String(page.expects))))
			page.faults.push(`console: ${m.text()}`);
	});
	page.on('requestfailed', (r) => {
		if (r.failure()?.errorText !== 'net::ERR_ABORTED')
			page.faults.push(`request: ${r.url()} ${r.failure()?.errorText}`);
	});
	page.on('request', (r) => {
		if (!r.url().startsWith(address) && !r.url().startsWith('data:'))
			page.faults.push(`foreign request: ${r.url()}`);
	});
	page.on('response', (r) => {
		if (r.status() >= 400 && !(page.expects && r.status() === page.expects))
			page.faults.push(`response ${r.status()}: ${r.url()}`);
	});
	return page;
}

export async function violations(page) {
	return page.evaluate(() => globalThis.violations || []);
}

// What axe-core finds against WCAG 2.1 A and AA, as short texts.
export async function axeFindings(page, axe) {
	if (!(await page.evaluate(() => 'axe' in globalThis)))
		await page.evaluate(axe);
	const found = await page.evaluate(() => globalThis.axe.run(document, {
		runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] },
		resultTypes: ['violations'],
	}));
	return found.violations.map((v) => `${v.id} (${v.impact}): ${v.help}\n` + v.nodes.slice(0, 6)
		.map((n) => `    ${n.target.join(' ')} ${n.html.slice(0, 160)}\n      ${n.any.concat(n.all).map((c) => c.message).join('; ').slice(0, 240)}`).join('\n') +
		(v.nodes.length > 6 ? `\n    and ${v.nodes.length - 6} more places` : ''));
}

export async function setTheme(page, theme) {
	await page.evaluate((t) => {
		if (t === 'light')
			delete document.documentElement.dataset.theme;
		else
			document.documentElement.dataset.theme = t;
	}, theme);
}

// Elements that reach beyond the right edge of the window though nothing around them scrolls or hides them.
export async function overflow(page) {
	return page.evaluate(() => {
		const root = document.documentElement;
		if (root.scrollWidth <= root.clientWidth)
			return [];
		const wide = [];
		for (const e of document.body.querySelectorAll('*')) {
			if (e.getBoundingClientRect().right <= root.clientWidth + 1)
				continue;
			let held = false;
			for (let p = e.parentElement; p && p !== document.body; p = p.parentElement)
				held ||= getComputedStyle(p).overflowX !== 'visible';
			if (!held)
				wide.push(`<${e.tagName.toLowerCase()} class="${e.getAttribute('class') || ''}"> to ${Math.round(e.getBoundingClientRect().right)} px: ${e.textContent.trim().slice(0, 50)}`);
		}
		return [`${root.scrollWidth} px in a window of ${root.clientWidth} px`, ...wide.slice(0, 6)];
	});
}

// Presses Tab until the focused element is the one wanted; each stop on the way must be seen to have the focus.
export async function tabTo(page, locator, most = 150) {
	const target = await locator.elementHandle();
	const blind = [];
	for (let i = 0; i < most; i++) {
		await page.keyboard.press('Tab');
		const at = await page.evaluate((t) => {
			const e = document.activeElement;
			const s = getComputedStyle(e);
			const box = e.getBoundingClientRect();
			const shown = (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== 'none';
			return { there: e === t, what: e.outerHTML.slice(0, 120), shown, seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight };
		}, target);
		if (!at.shown || !at.seen)
			blind.push(`${at.shown ? 'out of sight' : 'no focus ring'}: ${at.what}`);
		if (at.there)
			return blind;
	}
	throw new Error(`not reached with ${most} times Tab`);
}
