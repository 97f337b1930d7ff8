// Answers from a table of others: brought, mapped, looked at, taken over. Without JavaScript, at 390 pixels, on a training server of its own.
import { axeFindings, openContext, openPage, overflow, PHONE } from './browser.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

const SURVEY = '/khao-sat/mot-cua-2026';
const TABLE = `Dấu thời gian,Họ và tên,"Ông, bà phải đến bộ phận một cửa mấy lần cho hồ sơ này?",Kết quả được trả so với giấy hẹn như thế nào?,A3,A4,B1,B2,B3,B4,B5,B6,C1,Góp ý thêm
05/11/2025 08:03:11,Nguyễn Văn A,Một lần,Trễ hẹn,Có,Không,5 - Rất hài lòng,Hài lòng,4,rat hai long,5.0,4,"Bớt giấy tờ phải nộp, Bớt thời gian chờ",Tốt
06/11/2025 09:13:11,Trần Thị B,Hai lần,Đúng hẹn,,,4,Tốt lắm,3,3,không biết,5,cho;mang,
`;
const table = { name: 'google.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE) };

async function signedIn(browser, address, password, login, options) {
	const page = await openPage(await openContext(browser, address, options), address);
	await page.goto('/dang-nhap');
	await page.getByLabel('Tên đăng nhập').fill(login);
	await page.getByLabel('Mật khẩu', { exact: true }).fill(password);
	await press(page, 'Đăng nhập');
	return page;
}

async function press(page, name) {
	await Promise.all([page.waitForEvent('load'), page.locator('main').getByRole('button', { name, exact: true }).click()]);
}

async function bring(page) {
	await page.goto(`${SURVEY}/nhap-bang`);
	await page.getByLabel('Bảng phiếu trả lời').setInputFiles(table);
	await press(page, 'Tải lên và xem trước');
}

async function atEnd(page) {
	for (let i = 0; i < 60 && !(await page.getByRole('heading', { level: 1 }).textContent()).includes('xong'); i++) {
		await page.waitForTimeout(500);
		await page.reload();
	}
	return page.locator('main').textContent();
}

export async function intake({ browser, axe, address, password }) {
	if (!wanted('intake*'))
		return;
	await check('intake: brought, a word chosen, taken over, nothing twice, without JavaScript at 390 pixels', async () => {
		const page = await signedIn(browser, address, password, 'dieuphoi', { viewport: PHONE, javaScript: false });
		await bring(page);
		same(await page.getByRole('heading', { level: 1 }).textContent(), 'Sẽ nhập 1 phiếu trong 2 dòng');
		that(!(await page.content()).includes('Nguyễn Văn A'), 'a name is shown');
		that(await page.getByText('1 cột có vẻ là dữ liệu cá nhân').isVisible(), 'nobody is told of the names');
		await page.getByLabel('Tốt lắm nghĩa là').selectOption('5');
		await press(page, 'Xem lại');
		same(await page.getByRole('heading', { level: 1 }).textContent(), 'Sẽ nhập 2 phiếu trong 2 dòng');
		await press(page, 'Nhập 2 phiếu');
		that((await atEnd(page)).includes('đã nhập 2 phiếu mới'), 'the job does not say what came in');
		await bring(page); /* again: the map is to be made again, too */
		await page.getByLabel('Tốt lắm nghĩa là').selectOption('5');
		await press(page, 'Xem lại');
		same(await page.getByRole('heading', { level: 1 }).textContent(), 'Sẽ nhập 0 phiếu trong 2 dòng');
		await press(page, 'Bỏ bảng này');
		that(page.url().endsWith('/nhap-bang'), `dropped: ${page.url()}`);
		that(!(await page.content()).includes('google.csv'), 'the table is still there');
	});
	await check('intake: columns changed by keyboard, the map kept and used again; axe, both widths', async () => {
		for (const viewport of [{ width: 1366, height: 768 }, PHONE]) {
			const page = await signedIn(browser, address, password, 'dieuphoi', { viewport });
			await page.goto(`${SURVEY}/nhap-bang`);
			none(await axeFindings(page, axe), 'axe: bringing');
			none(await overflow(page), 'bringing');
			await bring(page);
			none(await axeFindings(page, axe), 'axe: columns');
			none(await overflow(page), 'columns');
			await page.getByLabel(/Góp ý thêm/).focus();
			await page.keyboard.press('Home');
			await press(page, 'Xem lại');
			that(await page.getByText('2 cột bỏ qua').isVisible(), 'the column is not left out');
			const map = await page.request.get(`${page.url()}/anh-xa`);
			that((await map.text()).includes('column,Góp ý thêm,,'), await map.text());
			await press(page, 'Bỏ bảng này');
			await page.getByLabel('Bảng phiếu trả lời').setInputFiles(table);
			await page.getByLabel('Bảng ánh xạ đã lưu').setInputFiles({ name: 'm.csv', mimeType: 'text/csv', buffer: Buffer.from(`${await map.text()}value,tot lam,B2,5\n`) });
			await press(page, 'Tải lên và xem trước');
			that(await page.getByText('2 cột bỏ qua').isVisible(), 'the map is not used');
			same(await page.getByText('Chữ không khớp phương án nào').count(), 0);
			await press(page, 'Bỏ bảng này');
			none(page.faults, 'faults of the page');
			await page.context().close();
		}
	});
	await check('intake: only who has the right; a file that is no table', async () => {
		const other = await signedIn(browser, address, password, 'dieutravien');
		same((await other.goto(`${SURVEY}/nhap-bang`)).status(), 403);
		const page = await signedIn(browser, address, password, 'dieuphoi');
		await page.goto(`${SURVEY}/nhap-bang`);
		await page.getByLabel('Bảng phiếu trả lời').setInputFiles({ name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from('"mở\n') });
		await press(page, 'Tải lên và xem trước');
		same(await page.getByRole('heading', { level: 1 }).textContent(), 'Chưa đọc được bảng');
		await press(page, 'Bỏ bảng này');
	});
}
