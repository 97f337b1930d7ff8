// The workshop of criteria sets: an officer makes a draft from a Word annex, says which column means what, repairs a fault, writes a rule of
// steps with the form of its family, sees its words and its scale, puts the set in force, replaces it and compares the versions. On a training
// server of its own; every page through axe-core, at both widths.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { axeFindings, DESK, openContext, openPage, overflow, PHONE, setTheme } from './browser.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

const ANNEX = join(dirname(fileURLToPath(import.meta.url)), '..', 'data', 'docx', 'tables.docx');

export async function edition({ browser, axe, address, password, folder, javaScript = true }) {
	if (!wanted('edition*') && !folder)
		return;
	let number = 0;
	const context = await openContext(browser, address, { javaScript });
	const page = await openPage(context, address);
	const main = page.locator('main');
	const look = async (what) => {
		if (!javaScript)
			return;
		const name = `${String(++number).padStart(2, '0')}-${what}`;
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
		none(page.faults, 'faults of the page');
	};
	const press = (name) => Promise.all([page.waitForEvent('load'), main.getByRole('button', { name, exact: true }).first().click()]);
	const follow = (link) => Promise.all([page.waitForEvent('load'), link.click()]);
	const soon = (days) => new Date(Date.now() + days * 86400000).toLocaleDateString('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' });
	const name = javaScript ? 'edition' : 'edition without JavaScript';
	let draft = '';

	await check(`${name}: a Word annex becomes a draft`, async () => {
		await page.goto('/dang-nhap');
		await page.getByLabel('Tên đăng nhập').fill('dieuphoi');
		await page.getByLabel('Mật khẩu', { exact: true }).fill(password);
		await press('Đăng nhập');
		await page.goto('/bo-tieu-chi/soan');
		await look('editor');
		await page.locator('#ma').fill('phu-luc');
		await page.locator('#ten').fill('Phụ lục (minh họa)');
		await page.locator('#tep').setInputFiles(ANNEX);
		await press('Bắt đầu dự thảo');
		that(page.url().endsWith('/cot'), `columns are asked for: ${page.url()}`);
		same(await page.locator('#c-ten option:checked').innerText(), 'B: Lĩnh vực/Tiêu chí');
		await look('columns');
		await press('Lập dự thảo');
		draft = new URL(page.url()).pathname;
		that((await main.innerText()).includes('2 lỗi'), 'two faults: maxima, and no rule');
		await look('draft');
	});
	await check(`${name}: a fault is repaired at its row`, async () => {
		for (const row of ['Công tác chỉ đạo, điều hành', 'Phụ lục (minh họa)']) {
			await follow(page.locator('table.edit th a', { hasText: row }));
			await page.locator('#max').fill('2,0');
			await press('Lưu');
		}
		that(!(await main.innerText()).includes('cộng lại là'), 'the maxima add up');
		await follow(page.locator('table.edit th a', { hasText: 'Kế hoạch' }));
		await look('criterion');
		await page.locator('#code').fill('');
		await page.locator('#code').evaluate((e) => e.removeAttribute('required'));
		await page.locator('#note').fill('không được mất');
		page.expects = 422;
		await press('Lưu');
		page.expects = 0;
		same(await page.locator('#note').inputValue(), 'không được mất', 'what was typed');
		await page.goto(draft);
	});
	await check(`${name}: a rule of steps, its words and its scale`, async () => {
		await follow(main.getByRole('link', { name: 'Viết quy tắc' }));
		await page.locator('#mau').selectOption('steps_up');
		await press('Chọn mẫu');
		await page.locator('#h-m').fill('on_time_rate_province');
		await page.locator('#h-p').fill('0');
		page.expects = 422;
		await press('Viết thành quy tắc');
		page.expects = 0;
		that((await main.innerText()).includes('Cần ít nhất một mức'), 'steps are missing');
		for (const [i, [from, points]] of [['100%', 'max'], ['80%', '50%']].entries()) {
			await page.locator(`[id="s-N-${i + 1}"]`).fill(from);
			await page.locator(`[id="s-P-${i + 1}"]`).fill(points);
		}
		await press('Viết thành quy tắc');
		same(await page.locator('#rule').inputValue(), 'if on_time_rate_province >= 1 then max else if on_time_rate_province in [0.8..1) then 0.5 * max else 0');
		that((await page.locator('.words').innerText()).includes('từ 80% đến dưới 100%: 0,5 × điểm tối đa'), 'words');
		same(await page.locator('svg.ch--rule').count(), 2, 'the scale, for the desk and for the phone');
		await page.locator('section[aria-labelledby="t-thu"] input[type=text]').fill('17/20');
		await press('Tính thử');
		that((await main.innerText()).includes('17 / 20 = 0,85'), 'the arithmetic');
		await look('rule');
		await page.locator('#rule').fill('if on_time_rate_province >= 0.9 then max else if on_time_rate_province in [0.7..0.8) then 1 else 0');
		await press('Đọc lại bằng lời');
		that((await main.innerText()).includes('không mức nào nói về [0.8..0.9)'), 'the gap is told');
		await page.locator('#rule').fill('on_time_rate_province * max');
		await press('Lưu quy tắc');
		that((await main.innerText()).includes('Không có lỗi'), 'the draft is whole');
	});
	await check(`${name}: in force, and replaced`, async () => {
		await follow(main.getByRole('link', { name: 'Kế hoạch' }));
		await page.goto(`${draft}/ap-dung`);
		await look('force');
		await page.locator('#source').fill('Quyết định minh họa 1');
		await page.locator('#from').fill(soon(0));
		await press('Áp dụng');
		same(new URL(page.url()).pathname, '/bo-tieu-chi/phu-luc');
		await page.goto('/bo-tieu-chi/soan');
		await page.locator('#ma').fill('phu-luc');
		const base = await page.locator('#tu option', { hasText: 'Phụ lục (minh họa), phiên bản 1' }).getAttribute('value');
		await page.locator('#tu').selectOption(base);
		await press('Bắt đầu dự thảo');
		await follow(page.locator('table.edit th a', { hasText: 'Kế hoạch' }));
		await page.locator('#code').fill('1.2');
		await page.locator('#name_vi').fill('Kế hoạch năm');
		await press('Lưu');
		await page.goto(`${new URL(page.url()).pathname}/ap-dung`);
		await page.locator('[id="m-1.1"]').selectOption('1.2');
		await page.locator('#from').fill(soon(30));
		await press('Xem trước');
		that((await page.locator('table.diff').innerText()).includes('Kế hoạch năm'), 'what changes');
		await look('replace');
		await press('Áp dụng');
		await page.goto('/bo-tieu-chi/soan');
		const state = await page.locator('section[aria-labelledby="t-ban"] tr', { hasText: 'phu-luc' }).allInnerTexts();
		that(state[0].includes('sẽ áp dụng') && state[1].includes('đang áp dụng'), state.join(' / '));
	});
	await check(`${name}: the two versions beside each other, for everybody`, async () => {
		await page.goto('/bo-tieu-chi/so-sanh');
		const value = (id, version) => page.locator(`#${id} option`, { hasText: `Phụ lục (minh họa), phiên bản ${version}` }).getAttribute('value');
		await page.locator('#cu').selectOption(await value('cu', 1));
		await page.locator('#moi').selectOption(await value('moi', 2));
		await press('So sánh');
		that((await page.locator('.head__lead').innerText()).includes('Thêm 1, bỏ 1, sửa 0'), 'counts');
		await look('compare');
		const json = await (await page.request.get(page.url().replace('/so-sanh?', '/so-sanh.json?'))).json();
		same(JSON.stringify((json.data || json).rows.map((r) => r.is)), JSON.stringify(['added', 'left_out']));
		await page.goto('/en/bo-tieu-chi/soan');
		await look('editor-en');
	});
	await context.close();
}
