// Pictures of every kind of page, to be looked at: build/shots/NAME-1366.png, -390.png, -dark.png, -en.png, -print.png.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DESK, openContext, openPage, PHONE, setTheme } from './browser.mjs';
import { SAMPLES } from './faces.mjs';

const MORE = ['/khong-co', '/tim?q=zzzqqq', '/chi-so/par-index/2024', '/don-vi/66.dak-lak', '/so-sanh?chi-so=par-index&a=38.thanh-hoa&b=48.da-nang&c=22.quang-ninh'];

function fileName(path) {
	return path === '/' ? 'home' : path.slice(1).replace(/[?&=,./+]+/g, '-').slice(0, 80);
}

export async function shots(browser, address, folder) {
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const context = await openContext(browser, address);
	const page = await openPage(context, address);
	const take = (name) => page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
	for (const path of [...Object.values(SAMPLES).flat(), ...MORE]) {
		const name = fileName(path);
		await page.setViewportSize(DESK);
		await page.goto(path);
		await page.evaluate(() => document.fonts.ready.then(() => 0));
		await take(`${name}-1366`);
		await setTheme(page, 'dark');
		await take(`${name}-dark`);
		await setTheme(page, 'light');
		await page.setViewportSize(PHONE);
		await take(`${name}-390`);
		await page.setViewportSize({ width: 1122, height: 793 });
		await page.emulateMedia({ media: 'print' });
		await take(`${name}-print`);
		await page.emulateMedia({ media: 'screen' });
		await page.setViewportSize(DESK);
		await page.goto(path === '/' ? '/en' : `/en${path}`);
		await take(`${name}-en`);
	}
	await context.close();
	console.log(folder);
}
