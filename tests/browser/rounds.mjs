// The yearly work on its pages: what each of them shows to the coordinator, in both languages, at both widths and on paper; a sheet by keyboard
// alone. On the training server, whose rounds stand in self-scoring, in explanation, and in the province's own assessment.
import { looker, Person } from './accounts.mjs';
import { axeFindings, DESK, openContext, openPage, overflow, PHONE, tabTo } from './browser.mjs';
import { SCREEN_ONLY } from './media.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

const PROVINCE = '/tu-cham/tu-cham-tinh-2025/tm.tinh-mau';
const PAGES = ['/tu-cham', '/tu-cham/tao', '/tu-cham/tao?bo=par-index-minh-hoa&loai=up', '/tu-cham/tu-cham-so-2025', '/tu-cham/tu-cham-xa-2025?loc=chua-nop', PROVINCE,
	`${PROVINCE}?loc=can-lam`, `${PROVINCE}/tham-dinh`, `${PROVINCE}/lich-su?tc=1.1.1`, `${PROVINCE}/minh-chung?tc=1.1.1`, `${PROVINCE}/ho-so`, `${PROVINCE}/phieu`,
	'/tu-cham/tu-cham-xa-2025/tm-xa-05.phuong-ben-van', '/tu-cham/tu-cham-xa-2025/tm-xa-05.phuong-ben-van/tham-dinh', '/thong-bao', '/thong-bao/lua-chon'];
const HELP = ['/huong-dan/tu-cham', '/huong-dan/thong-bao'];
const OWN = '/tu-cham/tu-cham-so-2025/tm-so-04.so-tai-chinh';

// What the page does with the second language: nothing is left untranslated, nothing breaks the frame.
async function inEnglish(person, axe, path) {
	const { page } = person;
	const answer = await page.goto(`/en${path}`);
	same(answer.status(), 200, `/en${path}`);
	same(await page.locator('html').getAttribute('lang'), 'en', path);
	none(await page.locator('main').evaluate((e) => e.innerText.match(/\b[a-z_]+\.[a-z_]+(\.[a-z_]+)*\b(?=\s|$)/g)?.filter((t) => /^(entry|board|my|new|appraise|proof|history|package|round)\./.test(t)) || []), 'keys of messages');
	none(await overflow(page), `${path} in English at 1366`);
	none(await axeFindings(page, axe), `axe ${path} in English`);
	await page.setViewportSize(PHONE);
	none(await overflow(page), `${path} in English at 390`);
	await page.setViewportSize(DESK);
}

async function onPaper(person, path) {
	const { page } = person;
	await page.goto(path);
	await page.emulateMedia({ media: 'print' });
	none(await page.locator(SCREEN_ONLY).evaluateAll((all) => all.filter((e) => e.checkVisibility() && e.getBoundingClientRect().height > 1)
		.map((e) => e.outerHTML.slice(0, 100))), 'still there on paper');
	that(await page.locator('h1').isVisible(), 'the title is gone');
	if (await page.locator('.demo').count())
		that(await page.locator('.demo').first().isVisible(), 'the strip of illustrative figures is gone');
	const pdf = await page.pdf({ format: 'A4', landscape: true, printBackground: true });
	same(pdf.subarray(0, 5).toString(), '%PDF-', 'begin of the file');
	await page.emulateMedia({ media: 'screen' });
}

// The rows in which the unit may type a share, in order.
const fields = (page) => page.locator('#bang td .cell input.n[name=a]');

async function byKeyboard(head) {
	const { page } = head;
	let id, before;
	await check('rounds: a sheet by keyboard: the first field is reached and typed', async () => {
		await page.goto(OWN);
		const first = fields(page).first();
		id = await first.getAttribute('id');
		before = await first.inputValue();
		none(await tabTo(page, first, 120), 'focus not seen on the way');
		await page.keyboard.press('Control+a');
		await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), page.keyboard.type('15/01/2025').then(() => page.keyboard.press('Enter'))]);
		that((await page.evaluate(() => document.activeElement.id)) !== id, 'Enter stays in the field');
		none(page.faults, 'faults of the page');
	});
	await check('rounds: a sheet by keyboard: what was typed is kept, arrows lead back', async () => {
		await page.keyboard.press('ArrowUp');
		same(await page.evaluate(() => document.activeElement.id), id, 'after the arrow');
		await page.goto(OWN);
		same(await page.locator(`#${CSS_ID(id)}`).inputValue(), '15/01/2025', `was ${before}`);
		none(page.faults, 'faults of the page');
	});
	await check('rounds: a sheet by keyboard: the filter, the evidence of a row, back', async () => {
		const list = page.locator('#loc');
		none(await tabTo(page, list, 60), 'focus not seen on the way to the filter');
		await page.keyboard.press('ArrowDown');
		none(await tabTo(page, page.locator('form.filters button'), 3), 'focus not seen');
		await Promise.all([page.waitForURL(/loc=can-lam/), page.keyboard.press('Enter')]);
		const link = page.locator('#bang a[href*="/minh-chung?tc="]').first();
		none(await tabTo(page, link, 150), 'focus not seen on the way to the evidence');
		await Promise.all([page.waitForURL(/minh-chung/), page.keyboard.press('Enter')]);
		const back = page.locator('.head__act a');
		none(await tabTo(page, back, 60), 'focus not seen on the way back');
		await Promise.all([page.waitForURL((u) => u.pathname === OWN), page.keyboard.press('Enter')]);
		none(page.faults, 'faults of the page');
	});
}

const CSS_ID = (id) => id.replace(/[^\w-]/g, (c) => `\\${c}`);

export async function rounds({ browser, axe, address, password, folder }) {
	if (!wanted('rounds*') && !folder)
		return;
	const look = looker(axe, folder);
	const signed = async (login) => {
		const context = await openContext(browser, address);
		const person = new Person(await openPage(context, address), look);
		await person.signIn(login, password, '/');
		return person;
	};
	const coordinator = await signed('dieuphoi');
	for (const path of [...PAGES, ...HELP])
		await check(`rounds: ${path}`, async () => {
			coordinator.page.faults.length = 0;
			await coordinator.open(path);
			await inEnglish(coordinator, axe, path);
			none(coordinator.page.faults, 'faults of the page');
		});
	for (const path of PAGES)
		await check(`rounds: print ${path}`, () => onPaper(coordinator, path));
	await coordinator.page.context().close();
	const head = await signed('thutruong');
	await check('rounds: what the head of a department sees', async () => {
		for (const path of ['/tu-cham', OWN, `${OWN}?loc=thieu-minh-chung`, `${OWN}/minh-chung?tc=1.1.1`, `${OWN}/ho-so`])
			await head.open(path);
		none(head.page.faults, 'faults of the page');
	});
	await byKeyboard(head);
	await head.page.context().close();
}
