// The pictures of the guides, docs/guide/images/NAME.png: pages of the training store as the people of each role see them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Person } from './accounts.mjs';
import { openContext, openPage } from './browser.mjs';
import { note, that } from './tap.mjs';

const WINDOW = { width: 1160, height: 640 };
const PHONE = { width: 390, height: 700 };
const LOW = { width: 1160, height: 380 };
const MOST_BYTES = 100 * 1024;
const COLOURS = 24;
const OWN = '/tu-cham/tu-cham-so-2025/tm-so-04.so-tai-chinh';
const COMMUNE = '/tu-cham/tu-cham-xa-2025/tm-xa-05.phuong-ben-van';

// login ("": nobody) -> name, page, what shall stand at the upper edge (else the title), size of the window.
const PICTURES = {
	thutruong: [['cac-dot', '/tu-cham'], ['bang-cham', OWN], ['mot-dong', `${OWN}?loc=thieu-minh-chung`, '#bang tr.row'], ['minh-chung', `${OWN}/minh-chung?tc=1.1.1`],
		['phieu-excel', `${OWN}/phieu`]],
	thamdinh: [['tham-dinh', `${COMMUNE}/tham-dinh`], ['ha-diem', `${COMMUNE}?loc=ha-diem`, '#bang tr.row']],
	dieutravien: [['phong-van', '/khao-sat/dien-thoai-2026/phong-van']],
	dieuphoi: [['ket-qua-khao-sat', '/khao-sat/sipas-ho-2025/ket-qua'], ['chat-luong-phieu', '/khao-sat/sipas-ho-2025/chat-luong'], ['tien-do', '/tu-cham/tu-cham-so-2025'], ['tao-dot', '/tu-cham/tao'], ['ho-so', '/tu-cham/tu-cham-tinh-2025/tm.tinh-mau/ho-so']],
	quantri: [['nguoi-dung', '/nguoi-dung']],
	chuyenvien: [['trang-dau', '/', '', LOW]],
	lanhdao: [['bang-tinh', '/tu-cham/tu-cham-tinh-2025']],
	kiemtra: [['nhat-ky', '/nhat-ky']],
	'': [['phieu-dien-thoai', '/khao-sat/mot-cua-2026?noi=quay-2', 'main form', PHONE]],
};

export async function guide({ browser, address, password, folder }) {
	mkdirSync(folder, { recursive: true });
	for (const [login, pictures] of Object.entries(PICTURES)) {
		const page = await openPage(await openContext(browser, address, { viewport: WINDOW }), address);
		if (login)
			await new Person(page).signIn(login, password, '/');
		for (const [name, path, top, size] of pictures) {
			await page.setViewportSize(size || WINDOW);
			await page.goto(path);
			await page.evaluate(() => document.fonts.ready.then(() => 0));
			await page.locator(top || 'h1').first().evaluate((e, room) => scrollTo(0, e.getBoundingClientRect().top + scrollY - room), top ? 120 : 30);
			const file = join(folder, `${name}.png`);
			await page.screenshot({ path: file });
			execFileSync('pngquant', ['--force', '--strip', '--ext', '.png', String(COLOURS), file]);
			that(statSync(file).size <= MOST_BYTES, `${file}: ${statSync(file).size} bytes, at most ${MOST_BYTES}`);
			note(`${file} ${statSync(file).size}`);
		}
		await page.context().close();
	}
}
