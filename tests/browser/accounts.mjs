// People: signing in, the second factor, an administrator who adds somebody, the auditor; every page of accounts through axe-core, at both widths.
// On a training server of its own, whose accounts and password are printed at the start.
import { createHmac } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { axeFindings, DESK, openContext, openPage, overflow, PHONE, setTheme } from './browser.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

export const GOOD = 'con mèo trèo cây cau';

function totp(secret, step) {
	const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
	const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(step));
	const mac = createHmac('sha1', key).update(counter).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1000000).padStart(6, '0');
}

export class Person {
	constructor(page, look) {
		this.page = page;
		this.look = look;
	}

	async submit(name) {
		await Promise.all([this.page.waitForEvent('load'), this.page.locator('main').getByRole('button', { name, exact: true }).first().click()]);
	}

	async signIn(login, password, after) {
		await this.page.goto('/dang-nhap');
		await this.page.getByLabel('Tên đăng nhập').fill(login);
		await this.page.getByLabel('Mật khẩu', { exact: true }).fill(password);
		await this.submit('Đăng nhập');
		if (after)
			same(new URL(this.page.url()).pathname, after, 'after signing in');
	}

	async open(path) {
		const answer = await this.page.goto(path);
		same(answer.status(), 200, path);
		await this.look(this.page, path);
	}
}

// Looks at a page as it stands: axe-core in both themes and on the phone, nothing wider than the window; pictures when there is a folder for them.
export function looker(axe, folder) {
	let number = 0;
	return async (page, what) => {
		const name = `${String(++number).padStart(2, '0')}${what.replace(/[^a-z]+/g, '-')}`;
		const shot = async (width) => folder && page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
		if (folder)
			mkdirSync(folder, { recursive: true });
		for (const theme of ['light', 'dark']) {
			await setTheme(page, theme);
			none(await axeFindings(page, axe), `axe ${what} ${theme}`);
		}
		await setTheme(page, 'light');
		none(await overflow(page), `${what} at 1366`);
		await shot(1366);
		await page.setViewportSize(PHONE);
		none(await overflow(page), `${what} at 390`);
		none(await axeFindings(page, axe), `axe ${what} at 390`);
		await shot(390);
		await page.setViewportSize(DESK);
	};
}

export async function accounts({ browser, axe, address, password, folder }) {
	if (!wanted('accounts*') && !folder)
		return;
	const look = looker(axe, folder);
	const fresh = async () => {
		const context = await openContext(browser, address);
		const page = await openPage(context, address);
		return new Person(page, look);
	};
	const admin = await fresh();
	let first = '';
	await check('accounts: the administrator signs in and is named in the head', async () => {
		await admin.open('/dang-nhap');
		await admin.open('/quen-mat-khau');
		await admin.signIn('quantri', password, '/');
		const head = await admin.page.locator('.top__user').innerText();
		that(head.includes('Nguyễn Thị Quản') && head.includes('Quản trị viên'), `head: ${head}`);
		none(admin.page.faults, 'faults of the page');
	});
	await check('accounts: pages of people', async () => {
		for (const path of ['/nguoi-dung', '/nguoi-dung/moi', '/nguoi-dung/nhap', '/vai-tro', '/nhom-don-vi', '/uy-quyen', '/toi', '/toi/mat-khau', '/nhat-ky', '/huong-dan/nguoi-dung'])
			await admin.open(path);
		none(admin.page.faults, 'faults of the page');
	});
	await check('accounts: a new account, its role and its letter', async () => {
		const { page } = admin;
		await page.goto('/nguoi-dung/moi');
		await page.getByLabel('Tên đăng nhập').fill('binh.lt');
		await page.getByLabel('Họ tên').fill('Lê Thị Bình');
		await page.getByLabel('Đơn vị', { exact: true }).fill('Sở Công Thương');
		await page.getByLabel('Vai trò').selectOption({ label: 'Chuyên viên đơn vị' });
		await admin.submit('Tạo tài khoản');
		same(await page.locator('h1').innerText(), 'Lê Thị Bình');
		that((await page.locator('main table').innerText()).includes('Sở Công Thương'), 'role over the unit');
		await look(page, 'account');
		await admin.submit('Cấp mật khẩu lần đầu mới');
		first = await page.locator('.letter dd code').nth(1).innerText();
		that(/^[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}$/.test(first), `first password ${first}`);
		await look(page, 'letter');
		none(page.faults, 'faults of the page');
	});
	const binh = await fresh();
	await check('accounts: the first password is changed before anything else', async () => {
		const { page } = binh;
		await binh.signIn('binh.lt', first);
		await page.goto('/toi');
		same(new URL(page.url()).pathname, '/toi/mat-khau');
		await page.getByLabel('Mật khẩu hiện tại').fill(first);
		await page.getByLabel('Mật khẩu mới', { exact: true }).fill(GOOD);
		await page.getByLabel('Nhập lại mật khẩu mới').fill(GOOD);
		await binh.submit('Đổi mật khẩu');
		await binh.open('/toi');
		none(page.faults, 'faults of the page');
	});
	let secret = '', step = 0;
	await check('accounts: a second factor is set up', async () => {
		const { page } = binh;
		await binh.open('/toi/xac-thuc');
		secret = await page.locator('.secret').innerText();
		step = Math.floor(Date.now() / 30000);
		await page.getByLabel('Mã xác thực').fill(totp(secret, step));
		await binh.submit('Xác nhận và bật');
		same(await page.locator('.codes li').count(), 10, 'recovery codes');
		await look(page, 'codes');
		none(page.faults, 'faults of the page');
	});
	await check('accounts: and asked for at the next sign-in', async () => {
		const again = await fresh();
		await again.signIn('binh.lt', GOOD, '/dang-nhap/ma');
		await look(again.page, 'code');
		await again.page.getByLabel('Mã xác thực').fill(totp(secret, step + 1));
		await again.submit('Đăng nhập');
		same(await again.page.locator('.top__user b').innerText(), 'Lê Thị Bình');
		none(again.page.faults, 'faults of the page');
		await again.page.context().close();
	});
	await check('accounts: what is not theirs is refused in words', async () => {
		const { page } = binh;
		page.faults.length = 0;
		const answer = await page.goto('/nguoi-dung');
		same(answer.status(), 403);
		that((await page.locator('main').innerText()).includes('chưa được giao quyền'), 'why');
	});
	await check('accounts: the auditor finds it all in the log', async () => {
		const auditor = await fresh();
		await auditor.signIn('kiemtra', password, '/');
		await auditor.open('/nhat-ky?viec=user');
		that(/nguyên vẹn/.test(await auditor.page.locator('h1').innerText()), 'whole');
		that((await auditor.page.locator('main table').innerText()).includes('Cấp mật khẩu lần đầu'), 'the letter');
		await auditor.open('/en/nhat-ky');
		await auditor.page.context().close();
	});
	await check('accounts: out again', async () => {
		await Promise.all([binh.page.waitForEvent('load'), binh.page.locator('header').getByRole('button', { name: 'Đăng xuất' }).click()]);
		await binh.page.goto('/toi');
		same(new URL(binh.page.url()).pathname, '/dang-nhap');
	});
	await admin.page.context().close();
	await binh.page.context().close();
}
