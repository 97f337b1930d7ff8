// Questionnaires: a version copied, changed row by row with a fault on the way, tried out as a respondent sees it, put in force; one from nothing with
// a table; every page through axe-core, at both widths, without JavaScript where it matters. On a training server, as the coordinator.
import { openContext, openPage } from './browser.mjs';
import { looker, Person } from './accounts.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

const CODE = 'mot-cua-minh-hoa';

export async function forms({ browser, axe, address, password, folder }) {
	if (!wanted('forms*') && !folder)
		return;
	const context = await openContext(browser, address);
	const page = await openPage(context, address);
	const look = looker(axe, folder);
	const officer = new Person(page, look);
	const press = (name) => Promise.all([page.waitForEvent('load'), page.getByRole('button', { name, exact: true }).first().click()]);
	const follow = (link) => Promise.all([page.waitForEvent('load'), link.click()]);
	const row = (code) => page.locator('tr').filter({ has: page.locator('.code', { hasText: new RegExp(`^${code.replace('.', '\\.')}$`) }) }).first();
	await check('forms: the workshop, and a draft from a version', async () => {
		await officer.signIn('dieuphoi', password, '/');
		await officer.open('/bo-cau-hoi');
		await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: /^Soạn bản mới của Phiếu hài lòng tại bộ phận một cửa/ }).click()]);
		same(new URL(page.url()).pathname, `/bo-cau-hoi/${CODE}`);
		await look(page, 'draft');
		await officer.open(`/en/bo-cau-hoi/${CODE}`);
		none(page.faults, 'faults of the page');
	});
	await check('forms: a fault stands at its row and keeps the draft from being put in force', async () => {
		await page.goto(`/bo-cau-hoi/${CODE}`);
		await follow(row('A3').getByRole('link').first());
		await look(page, 'row');
		await page.getByLabel('Chỉ hỏi nếu').fill('A2 = 3 and A9 = 1');
		await press('Lưu');
		that((await page.locator('.rowfaults').innerText()).includes('A9'), 'the name that nobody knows');
		await look(page, 'faulty');
		page.expects = 422;
		await press('Áp dụng');
		that((await page.locator('main [role=alert]').innerText()).includes('còn 1 lỗi'), 'why not');
		page.expects = 0;
		await follow(row('A3').getByRole('link').first());
		await page.getByLabel('Chỉ hỏi nếu').fill('A2 = 3');
		await press('Lưu');
		same(await page.locator('.rowfaults').count(), 0, 'faults');
		none(page.faults, 'faults of the page');
	});
	await check('forms: an item added, moved up, and dropped', async () => {
		await follow(row('P1').getByRole('link', { name: 'Thêm dòng dưới P1' }));
		await look(page, 'new row');
		await page.getByLabel('Mã dòng').fill('A0');
		await page.getByLabel('Loại').selectOption('number');
		await page.getByLabel('Lời tiếng Việt').fill('Ông, bà chờ bao nhiêu phút?');
		await page.getByLabel('Nhiều nhất').fill('600');
		await press('Lưu');
		const place = async () => (await page.locator('.code').allInnerTexts()).indexOf('A0');
		const before = await place();
		await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Chuyển A0 lên' }).click()]);
		same(await place(), before - 1, 'one row up');
		that((await row('A0').innerText()).includes('đến 600'), 'its bound');
		none(page.faults, 'faults of the page');
	});
	await check('forms: tried out as a respondent sees it, in both languages; nothing is stored', async () => {
		await officer.open(`/bo-cau-hoi/${CODE}/thu`);
		that((await page.locator('main').innerText()).includes('không câu trả lời nào được ghi'), 'that it is a trial');
		await page.getByLabel('Một lần').check();
		await page.getByLabel('Trễ hẹn').check();
		await press('Tiếp tục'); // late: two more questions come up
		await page.locator('#cau-A3').getByLabel('Có').check();
		await page.locator('#cau-A4').getByLabel('Không').check();
		await page.locator('#cau-A0 input').fill('700');
		page.expects = 422;
		await press('Tiếp tục');
		that((await page.locator('#loi-A0').innerText()).length > 0, 'too long a wait');
		page.expects = 0;
		await page.locator('#cau-A0 input').fill('35');
		await press('Tiếp tục');
		for (const id of ['B1', 'B2'])
			await page.locator(`#cau-${id} label`).nth(3).click();
		await press('Tiếp tục');
		for (const id of ['B3', 'B4', 'B5'])
			await page.locator(`#cau-${id} label`).nth(4).click();
		await press('Tiếp tục');
		await page.locator('#cau-B6 label').nth(4).click();
		await page.getByLabel('Bớt thời gian chờ').check();
		await Promise.all([page.waitForEvent('load'), page.locator('button[value=toi]').click()]);
		const said = await page.locator('main').innerText();
		that(said.includes('Thử xong') && said.includes('Trễ hẹn') && said.includes('35'), said.slice(0, 200));
		await look(page, 'tried');
		await officer.open(`/en/bo-cau-hoi/${CODE}/thu`);
		that((await page.locator('main').innerText()).includes('no answer is stored'), 'English');
		none(page.faults, 'faults of the page');
	});
	await check('forms: put in force as the next version, with its files', async () => {
		await page.goto(`/bo-cau-hoi/${CODE}`);
		await press('Áp dụng');
		same(new URL(page.url()).pathname, '/bo-cau-hoi');
		that((await page.locator('main [role=status]').innerText()).includes(CODE), 'done');
		const answer = await context.request.get(`/bo-cau-hoi/${CODE}/tep?dang=csv&ban=2`);
		that((await answer.text()).includes('chờ bao nhiêu phút'), 'the new item');
		const book = await context.request.get(`/bo-cau-hoi/${CODE}/tep?dang=xlsx&ban=2`);
		that((await book.body()).subarray(0, 2).toString() === 'PK', 'a workbook');
		// and the workbook begins a draft of its own
		await page.getByLabel('Mã', { exact: true }).fill('tu-xlsform');
		await page.getByLabel('Hoặc từ tệp').setInputFiles({ name: 'phieu.xlsx', mimeType: 'application/octet-stream', buffer: await book.body() });
		await press('Bắt đầu');
		same(new URL(page.url()).pathname, '/bo-cau-hoi/tu-xlsform');
		same(await page.locator('.rowfaults').count(), 0, 'faults');
		none(page.faults, 'faults of the page');
	});
	await check('forms: a table of items, without JavaScript, by keyboard', async () => {
		await officer.open('/bo-cau-hoi/sipas-2017-minh-hoa/thu?ban=1');
		same(await page.locator('[role=radiogroup]').count(), 3, 'rows of the table');
		const plain = await openContext(browser, address, { javaScript: false, storageState: await context.storageState() });
		const bare = await plain.newPage();
		await bare.goto('/bo-cau-hoi/sipas-2017-minh-hoa/thu?ban=1');
		await Promise.all([bare.waitForEvent('load'), bare.getByRole('button', { name: 'Tiếp tục' }).click()]);
		same(await bare.locator('.err').count(), 3, 'each row asks for its answer');
		for (const group of await bare.getByRole('radiogroup').all())
			await group.getByLabel('Hài lòng', { exact: true }).check();
		await Promise.all([bare.waitForEvent('load'), bare.getByRole('button', { name: 'Tiếp tục' }).click()]);
		that((await bare.locator('h1').innerText()).includes('Thủ tục'), 'the next section');
		await plain.close();
		none(page.faults, 'faults of the page');
	});
	await context.close();
}
