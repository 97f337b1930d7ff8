// A survey from the questionnaire in force to its last answer, on pages alone: made, given places and a quota, opened, answered at the screen of a
// desk and by a QR code, closed. On a training server of its own, as the coordinator, with and without JavaScript.
import { looker, Person } from './accounts.mjs';
import { openContext, openPage } from './browser.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

const CODE = 'mot-cua-thu';
const SURVEY = `/khao-sat/${CODE}`;
const FORM = 'mot-cua-minh-hoa';

export async function setup({ browser, axe, address, password, folder, javaScript = true }) {
	if (!wanted('setup*') && !folder)
		return;
	const name = javaScript ? 'setup' : 'setup without JavaScript';
	const context = await openContext(browser, address, { javaScript });
	const page = await openPage(context, address);
	// axe-core needs JavaScript: without it the page is only worked with.
	const look = javaScript ? looker(axe, folder) : async () => {};
	const officer = new Person(page, look);
	const main = () => page.locator('main');
	const press = (button, scope = page) => Promise.all([page.waitForEvent('load'), scope.getByRole('button', { name: button, exact: true }).first().click()]);
	const follow = (link) => Promise.all([page.waitForEvent('load'), link.first().click()]);
	const told = async (words) => that((await main().locator('[role=status]').innerText()).includes(words), `not told: ${words}`);
	const refused = async (words, doing) => {
		page.expects = 422;
		await doing();
		that((await main().locator('[role=alert]').innerText()).includes(words), `not told: ${words}`);
		await look(page, 'refused');
		page.expects = 0;
	};

	await check(`${name}: a questionnaire put in force leads to a new survey`, async () => {
		await officer.signIn('dieuphoi', password, '/');
		await page.goto('/bo-cau-hoi');
		await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: /^Soạn bản mới của Phiếu hài lòng tại bộ phận một cửa/ }).click()]);
		await follow(page.locator('tr').filter({ has: page.locator('.code', { hasText: /^A1$/ }) }).getByRole('link'));
		await page.getByLabel('Lời tiếng Việt').fill('Ông, bà đến bộ phận một cửa mấy lần?');
		await press('Lưu');
		await press('Áp dụng');
		await told(FORM);
		await look(page, 'in force');
		await follow(page.getByRole('link', { name: 'Lập khảo sát mới với bộ câu hỏi này' }));
		same(new URL(page.url()).pathname, '/khao-sat/moi');
		that(/^mot-cua-minh-hoa\/2$/.test(await page.getByLabel('Bộ câu hỏi').inputValue()), 'the version just put in force');
		await look(page, 'new');
	});
	await check(`${name}: made as a draft, which nobody else sees`, async () => {
		await page.getByLabel('Mã khảo sát').fill('Mã sai');
		await page.getByLabel('Tên khảo sát').fill('Khảo sát thử');
		await page.getByLabel('Ngày mở').fill('01/01/2026');
		await page.getByLabel('Ngày đóng').fill('31/02/2026');
		await refused('ngày đóng', () => press('Lập khảo sát'));
		same(await page.getByLabel('Ngày đóng').inputValue(), '31/02/2026', 'what was typed stays');
		await page.getByLabel('Ngày đóng').fill('');
		await refused('Mã sai', () => press('Lập khảo sát'));
		await page.getByLabel('Mã khảo sát').fill(CODE);
		await press('Lập khảo sát');
		same(new URL(page.url()).pathname, `${SURVEY}/thiet-lap`);
		await told('Đã lập khảo sát');
		await look(page, 'draft');
		const open = await openContext(browser, address);
		const body = await (await open.request.get('/khao-sat')).text();
		that(!body.includes('Khảo sát thử'), 'a draft in the public list');
		await open.close();
		await page.goto('/khao-sat');
		that((await main().innerText()).includes('Khảo sát thử'), 'its manager finds it');
		await look(page, 'list');
	});
	await check(`${name}: places, one by one and from a table`, async () => {
		await page.goto(`${SURVEY}/thiet-lap`);
		await follow(page.getByRole('link', { name: 'Thêm quầy, trụ sở hoặc xã, phường' }));
		await look(page, 'no places');
		await page.getByLabel('Mã địa điểm').fill('quay-1');
		await page.getByLabel('Tên địa điểm').fill('Quầy 1');
		await page.getByLabel('Tên tiếng Anh').fill('Desk 1');
		const unit = page.getByLabel('Thuộc đơn vị');
		await unit.selectOption({ index: 1 });
		const chosen = await unit.inputValue();
		await press('Thêm địa điểm');
		await told('Đã lưu');
		await follow(page.getByRole('link', { name: 'Sửa Quầy 1' }));
		same(await page.getByLabel('Thuộc đơn vị').inputValue(), chosen, 'its unit');
		await page.getByLabel('Tên địa điểm').fill('Quầy số 1');
		await press('Lưu');
		const table = async (text) => {
			await page.getByLabel(/^Tệp/).setInputFiles({ name: 'dia-diem.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
			await page.locator('form[action$="/dia-diem/bang"] button').last().click();
			await page.waitForLoadState('load');
		};
		await refused('khong-co', () => table('code,name_vi,unit\nquay-2,Quầy 2,khong-co\nquay 3,Quầy 3,\n'));
		await table('code,name_vi\nquay-1,Quầy số 1\nquay-2,Quầy 2\nquay-3,Quầy 3\n');
		that((await main().innerText()).includes('2 địa điểm mới, 0 sửa, 1 giữ nguyên'), 'the preview');
		await look(page, 'preview');
		await press('Nhập các địa điểm này');
		await told('Đã nhập 3 địa điểm');
		await press('Bỏ Quầy 3');
		await told('Đã bỏ');
		same(await page.locator('section:has(#h-ds) tbody tr').count(), 2, 'places');
		await follow(page.getByRole('link', { name: 'Sửa Quầy số 1' }));
		same(await page.getByLabel('Thuộc đơn vị').inputValue(), chosen, 'its unit, of which the table said nothing');
		await look(page, 'places');
	});
	await check(`${name}: a quota, written with the codes of the page`, async () => {
		await page.goto(`${SURVEY}/thiet-lap`);
		const form = page.locator('form[action$="/chi-tieu"]');
		await form.getByLabel('Mã', { exact: true }).fill('tre');
		await form.getByLabel('Tên nhóm').fill('Người bị trễ hẹn');
		await form.getByLabel('Điều kiện').fill('A9=1');
		await form.getByLabel('Nhiều nhất').fill('5');
		await refused('Điều kiện của nhóm', () => press('Thêm nhóm'));
		await form.getByLabel('Điều kiện').fill('A2=3');
		await press('Thêm nhóm');
		await told('Đã lưu nhóm');
		that((await page.locator('section:has(#h-ct) tbody tr').first().innerText()).includes('Trễ hẹn'), 'the cell in words');
		await look(page, 'quota');
	});
	await check(`${name}: opened`, async () => {
		await page.goto(`${SURVEY}/thiet-lap`);
		await press('Mở khảo sát');
		await told('Khảo sát đã mở');
		await look(page, 'open');
	});
	const visitor = await openPage(await openContext(browser, address, { javaScript, viewport: { width: 1280, height: 800 } }), address);
	const answer = async (each) => {
		for (let i = 0; i < 20 && !visitor.url().includes('cam-on'); i++) {
			for (const choices of await visitor.locator('.faces, .opts').all())
				await choices.locator('label').first().click();
			await each?.(i);
			await Promise.all([visitor.waitForEvent('load'), visitor.locator('button[name=di][value=toi]').click()]);
		}
		that(visitor.url().includes('cam-on'), visitor.url());
	};
	// Where the links of a page lead that leave the form of the screen.
	const away = () => visitor.locator('a[href]').evaluateAll((all, path) => all.map((a) => a.getAttribute('href'))
		.filter((h) => !h.startsWith('#') && !h.replace(/^\/en/, '').startsWith(`${path}?`)), SURVEY);
	await check(`${name}: answered at the screen of a desk, which leads nowhere else and goes on by itself`, async () => {
		await page.goto(`${SURVEY}/phat-hanh`);
		await look(page, 'ways in');
		const link = await page.locator('section:has(#h-mh) tbody a').first().getAttribute('href');
		await visitor.goto(link);
		await answer(async (i) => {
			none(await away(), 'links out of the form');
			if (i === 2 || await visitor.locator('input[type=checkbox]').count())
				await look(visitor, `kiosk ${i}`);
			await visitor.setViewportSize({ width: 1280, height: 800 });
		});
		none(await away(), 'links out of the thanks');
		await look(visitor, 'kiosk thanks');
		await visitor.setViewportSize({ width: 1280, height: 800 });
		if (folder)
			await visitor.screenshot({ path: `${folder}/kiosk-thanks-1280.png` });
		that((await visitor.getByRole('link', { name: 'Trả lời phiếu mới' }).boundingBox()).height >= 72, 'the button is small');
		await Promise.all([visitor.waitForEvent('load'), visitor.getByRole('link', { name: 'Trả lời phiếu mới' }).click()]);
		same(visitor.url(), link, 'the first question again');
		none(visitor.faults, 'faults of the page');
	});
	await check(`${name}: answered by a QR code, of the desk and of a slip`, async () => {
		await visitor.goto(`${SURVEY}?noi=quay-2&qr=1`);
		await answer();
		await page.goto(`${SURVEY}/phat-hanh`);
		await page.getByLabel('Số lượng').fill('1');
		await page.locator('#dang').selectOption('the');
		await press('Tạo mã mời');
		await look(page, 'slip');
		await visitor.goto(`${await page.locator('.qrs__at').innerText()}?qr=1`);
		await answer();
		visitor.expects = 404;
		await visitor.goto(`/phieu/${'0'.repeat(26)}`);
		that((await visitor.locator('main').innerText()).includes('xem lại mã trên thư'), 'what to do about a wrong code');
		await look(visitor, 'mistyped');
		visitor.expects = 0;
		await page.goto(`${SURVEY}/tien-do`);
		const modes = await main().innerText();
		for (const mode of ['Mã QR', 'Màn hình tại quầy'])
			that(modes.includes(mode), `${mode} is no mode of ${modes}`);
	});
	await check(`${name}: with an answer, what it rests on stays; the rest can be corrected`, async () => {
		await page.goto(`${SURVEY}/thiet-lap`);
		that((await main().innerText()).includes('Đã có phiếu'), 'that there are answers');
		same(await page.locator('select#bch').count(), 0, 'questionnaires to choose');
		await page.getByLabel('Tên khảo sát').fill('Khảo sát thử, sửa tên');
		await page.getByLabel('Nhiều nhất bao nhiêu phiếu', { exact: true }).fill('100');
		await press('Lưu');
		await told('Đã lưu thiết lập');
		await look(page, 'answered');
		await page.goto(`${SURVEY}/dia-diem`);
		same(await page.getByRole('button', { name: 'Bỏ Quầy số 1' }).count(), 0, 'a place with answers can be removed');
	});
	await check(`${name}: closed after a confirmation, and opened again`, async () => {
		await page.goto(`${SURVEY}/thiet-lap`);
		await refused('xác nhận', () => press('Đóng khảo sát'));
		await page.getByLabel(/^Đóng ngay/).check();
		await press('Đóng khảo sát');
		await told('Khảo sát đã đóng');
		await look(page, 'closed');
		await visitor.goto(`${SURVEY}?noi=quay-1`);
		that((await visitor.locator('body').innerText()).includes('kết thúc'), 'who comes is told');
		await press('Mở lại');
		await told('Khảo sát đã mở');
	});
	await check(`${name}: the same pages in English`, async () => {
		for (const path of ['/khao-sat/moi', `${SURVEY}/thiet-lap`, `${SURVEY}/dia-diem`, `${SURVEY}/phat-hanh`])
			await officer.open(`/en${path}`);
	});
	await check(`${name}: nothing went wrong on its pages`, () => none([...page.faults, ...visitor.faults], 'faults'));
	await visitor.context().close();
	await context.close();
}
