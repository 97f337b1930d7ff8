// Collection in the field: a form by keyboard at 360 pixels, an interview, forms on paper typed twice. On a training server of its own.
import { axeFindings, openContext, openPage, overflow } from './browser.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

const SMALL = { width: 360, height: 740 };
const SURVEY = '/khao-sat/dien-thoai-2026';

async function signedIn({ browser, address, password, javaScript }, login) {
	const page = await openPage(await openContext(browser, address, { javaScript }), address);
	await page.goto('/dang-nhap');
	await page.getByLabel('Tên đăng nhập').fill(login);
	await page.getByLabel('Mật khẩu', { exact: true }).fill(password);
	await submit(page, 'Đăng nhập');
	return page;
}

async function submit(page, name) {
	await Promise.all([page.waitForEvent('load'), page.locator('main').getByRole('button', { name, exact: true }).click()]);
}

async function looks(page, axe, what) {
	if (axe)
		none(await axeFindings(page, axe), `axe ${what}`);
	none(await overflow(page), what);
}

// Answers a step without the mouse: Tab into each question, Space or an arrow chooses; Enter on the button. Returns how many keys were pressed.
async function stepByKeys(page) {
	let keys = 0;
	const press = async (key) => {
		await page.keyboard.press(key);
		keys++;
	};
	for (let i = 0; i < 60; i++) {
		await press('Tab');
		const at = await page.evaluate(() => {
			const e = document.activeElement;
			return { kind: e.type || e.tagName, chosen: e.checked || [...document.getElementsByName(e.name || '-')].some((o) => o.checked), on: e.value === 'toi' };
		});
		if (at.on) {
			await Promise.all([page.waitForEvent('load'), press('Enter')]);
			return keys;
		}
		if ((at.kind === 'radio' || at.kind === 'checkbox') && !at.chosen)
			await press('Space');
	}
	throw new Error('the button was not reached');
}

// A field of one sign goes on by itself, Enter leaves the others; without JavaScript Tab does, to the button at the end.
async function typeForm(page, fields, javaScript) {
	await page.goto(`${SURVEY}/giay/nhap?so=1`);
	await page.locator('table input').first().focus();
	for (const typed of fields) {
		await page.keyboard.type(typed);
		if (!javaScript || typed.length !== 1)
			await page.keyboard.press(javaScript ? 'Enter' : 'Tab');
	}
	await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
}

export async function field({ browser, axe, address, password, javaScript = true, name = 'field' }) {
	if (!wanted(`${name}*`))
		return;
	const who = { browser, address, password, javaScript };
	if (!javaScript) // axe is a script
		axe = null;
	await check(`${name}: the form at 360 pixels, by keyboard, with a time budget`, async () => {
		const page = await openPage(await openContext(browser, address, { viewport: SMALL, javaScript }), address);
		await page.goto('/khao-sat/mot-cua-2026?noi=quay-1&qr=1');
		let keys = 0, steps = 0;
		while (!page.url().includes('cam-on')) {
			await looks(page, axe, `step ${steps + 1} at 360`);
			keys += await stepByKeys(page);
			that(++steps < 12, 'the form does not end');
		}
		// Ten items are asked here. At two seconds a key press, reading included, twenty items like these take less than three minutes.
		that(keys <= 45, `${keys} key presses for ten items`);
		none(page.faults, 'faults of the page');
	});
	const desk = await signedIn(who, 'dieuphoi');
	await check(`${name}: codes to print, invitations shown once`, async () => {
		for (const path of ['/tien-do', '/phat-hanh', '/giay', '/phong-van']) {
			await desk.goto(SURVEY + path);
			await looks(desk, axe, path);
		}
		await desk.goto('/khao-sat/mot-cua-2026/ma-qr');
		same(await desk.locator('.qrs .qr svg').count(), 4, 'codes');
		await looks(desk, axe, 'ma-qr');
		await desk.goto(`${SURVEY}/phat-hanh`);
		await desk.getByLabel('Số lượng').fill('2');
		await submit(desk, 'Tạo mã mời');
		same(await desk.locator('.qrs .qr svg').count(), 2, 'letters');
		none(desk.faults, 'faults of the page');
	});
	const caller = await signedIn(who, 'dieutravien');
	await check(`${name}: an attempt, an interview, and the contact is gone`, async () => {
		await caller.goto(`${SURVEY}/phong-van/HS-001`);
		await looks(caller, axe, 'case');
		await caller.locator('#ket-qua').selectOption({ label: 'Máy bận' });
		await submit(caller, 'Ghi kết quả');
		await caller.goto(`${SURVEY}/phong-van/HS-001`);
		that((await caller.locator('main').innerText()).includes('0000 000 101'), 'the number');
		await caller.getByRole('link', { name: 'Bắt đầu phỏng vấn' }).click();
		for (let i = 0; i < 12 && !caller.url().includes('xong='); i++)
			await stepByKeys(caller);
		that((await caller.locator('main').innerText()).includes('Đã lưu phiếu'), 'stored');
		await caller.goto(`${SURVEY}/phong-van/HS-001`);
		that(!(await caller.locator('body').innerText()).includes('0000 000 101'), 'the number is still there');
		none(caller.faults, 'faults of the page');
	});
	await check(`${name}: a form on paper, typed twice without a mouse, compared and settled`, async () => {
		await desk.goto(`${SURVEY}/giay`);
		await desk.getByLabel('Số lượng').fill('1');
		await submit(desk, 'Lấy số phiếu');
		const pdf = await desk.request.get(`${address}${SURVEY}/giay/pdf?tu=1&den=1`);
		same((await pdf.body()).subarray(0, 5).toString(), '%PDF-', 'PDF');
		const fields = ['1', '2', '', '', '4', '5', '4', '4', '4', '5', '13', ''];
		await typeForm(caller, fields, javaScript);
		that(caller.url().includes('xong=mot'), caller.url());
		const other = await signedIn(who, 'nhaplieu');
		await other.goto(`${SURVEY}/giay/nhap?so=1`);
		await looks(other, axe, 'entry');
		fields[4] = '3';
		await typeForm(other, fields, javaScript);
		that(other.url().includes('xong=khac'), other.url());
		await desk.goto(`${SURVEY}/giay/nhap?so=1`);
		await looks(desk, axe, 'comparison');
		same(await desk.locator('tr.paper--differs').count(), 1, 'items that differ');
		await desk.getByRole('textbox', { name: /^5\. / }).fill('4');
		await submit(desk, 'Chốt phiếu');
		that((await desk.locator('main').innerText()).includes('Phiếu 1 đã chốt'), 'settled');
		none([...desk.faults, ...caller.faults, ...other.faults], 'faults of the pages');
	});
	await check(`${name}: one is asked again, and what came of it is a sum`, async () => {
		await desk.goto(`${SURVEY}/phuc-tra`);
		await looks(desk, axe, 'call-backs');
		const first = desk.locator('table.cards th a').first(), code = await first.innerText();
		await Promise.all([desk.waitForEvent('load'), first.click()]);
		await looks(desk, axe, 'a call-back');
		desk.expects = 422;
		await submit(desk, 'Ghi và so với lần đầu');
		that((await desk.locator('main').innerText()).includes('Chưa có câu trả lời nào'), 'nothing chosen');
		await desk.getByRole('combobox', { name: /^1\. / }).selectOption({ index: 1 });
		await submit(desk, 'Ghi và so với lần đầu');
		that((await desk.locator('main').innerText()).includes('Đã ghi câu trả lời lần hai'), 'recorded');
		that(!(await desk.locator('main').innerText()).includes(code), 'still waiting');
		await desk.goto(`${SURVEY}/chat-luong`);
		that((await desk.locator('main').innerText()).includes('Kappa'), 'agreement');
	});
}
