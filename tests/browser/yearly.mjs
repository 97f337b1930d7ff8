// A round from its opening to its publication, by the people who take part in it, each in a window of his own; the result is compared with
// tests/golden/round, which was worked out elsewhere (make.py there). Downwards: two departments, one on the web, one through Excel.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GOOD, Person } from './accounts.mjs';
import { openContext, openPage } from './browser.mjs';
import { parseCsv } from './faces.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const DATA = join(ROOT, 'tests', 'data', 'round');
const DAY = 86400000;
export const ROUND = 'thu-2025';
const A = { code: 'TM-SO-05', name: 'Sở Công Thương', path: `/tu-cham/${ROUND}/tm-so-05.so-cong-thuong` };
const B = { code: 'TM-SO-06', name: 'Sở Nông nghiệp và Môi trường', path: `/tu-cham/${ROUND}/tm-so-06.so-nong-nghiep-va-moi-truong` };

// Who takes part: login, role, unit of his own, units that the role holds for.
const PEOPLE = {
	dieuphoi: ['coordinator', 'sample-province/TM', '*'],
	thamdinh: ['appraiser', 'sample-province/TM', '*'],
	lanhdao: ['leader', 'sample-province/TM', 'sample-province/TM'],
	'cv.a': ['unit_officer', `sample-department/${A.code}`, `sample-department/${A.code}`],
	'tt.a': ['unit_head', `sample-department/${A.code}`, `sample-department/${A.code}`],
	'cv.b': ['unit_officer', `sample-department/${B.code}`, `sample-department/${B.code}`],
	'tt.b': ['unit_head', `sample-department/${B.code}`, `sample-department/${B.code}`],
};

// The store before the year begins: two departments, a criteria set, what the program counts by itself, last year, the survey.
export function prepareDown(thuocdo) {
	const file = (name) => join(DATA, name);
	thuocdo('init');
	thuocdo('import', 'units', file('units.csv'));
	thuocdo('import', 'edition', file('edition.csv'), '--code', 'bo-thu');
	for (const [name, stage] of [['counted', 'counted'], ['before', 'appraised'], ['survey', 'imported']])
		thuocdo('import', 'measures', file(`${name}.csv`), '--level', 'sample-department', '--stage', stage);
	return addPeople(thuocdo, PEOPLE);
}

// login -> first password
export function addPeople(thuocdo, people) {
	const first = {};
	for (const [login, [role, unit, scope]] of Object.entries(people)) {
		const printed = thuocdo('user', 'add', login, '--name', `Người ${login}`, '--unit', unit, '--role', role, '--scope', scope, '--lang', 'en');
		first[login] = /first password (\S+)/.exec(printed)[1];
	}
	return first;
}

export class Officer extends Person {
	// Signs in with the first password and takes one of his own.
	async arrive(login, first) {
		const { page } = this;
		await this.signIn(login, first);
		await page.goto('/toi/mat-khau');
		await page.getByLabel('Mật khẩu hiện tại').fill(first);
		await page.getByLabel('Mật khẩu mới', { exact: true }).fill(GOOD);
		await page.getByLabel('Nhập lại mật khẩu mới').fill(GOOD);
		await this.submit('Đổi mật khẩu');
		that(await page.locator('.top__user').isVisible(), `${login} is not signed in`);
	}

	async go(path) {
		const answer = await this.page.goto(path);
		same(answer.status(), 200, path);
	}

	// A step of the round, on its board.
	async step(label, reason) {
		const { page } = this;
		await this.go(`/tu-cham/${ROUND}`);
		const form = page.locator('form.inline').filter({ has: page.getByRole('button', { name: label, exact: true }) });
		if (reason)
			await form.locator('input[name=ly-do]').fill(reason);
		await Promise.all([page.waitForEvent('load'), form.getByRole('button').click()]);
		same(new URL(page.url()).pathname, `/tu-cham/${ROUND}`, `after “${label}”`);
	}

	row(code) {
		return this.page.locator(`tr[data-row="${code}"], tr[id="r-${code}"]`);
	}

	// What is done on a sheet, and the answer to the row that saves itself afterwards.
	async saving(body) {
		const [answer] = await Promise.all([this.page.waitForResponse((r) => r.request().method() === 'POST' && r.request().headers().accept === 'application/json'), body()]);
		same(answer.status(), 200, 'saving');
		return (await answer.json()).data;
	}

	// Types into fields of a row; leaving the last one saves the row.
	type(code, values) {
		const fields = this.row(code).locator('.cell input:not([type=hidden])');
		return this.saving(async () => {
			for (let i = 0; i < values.length; i++)
				await fields.nth(i).fill(values[i]);
			await fields.nth(values.length - 1).press('Tab');
		});
	}

	explain(code, text) {
		const field = this.row(code).locator('textarea');
		return this.saving(async () => {
			await field.fill(text);
			await field.press('Tab');
		});
	}

	points(code) {
		return this.row(code).locator('[data-points]').innerText();
	}

	async prove(sheet, code, { title, number, file }) {
		const { page } = this;
		await this.go(`${sheet}/minh-chung?tc=${code}`);
		if (title)
			await page.locator('#ten').fill(title);
		if (number)
			await page.locator('#so').fill(number);
		if (file)
			await page.locator('#tep').setInputFiles(file);
		await this.submit('Thêm');
		that((await page.locator('main table').innerText()).includes(title || file.name), `evidence of ${code}`);
	}

	async appraise(sheet, decisions) {
		const { page } = this;
		await this.go(`${sheet}/tham-dinh`);
		for (const [code, d] of Object.entries(decisions)) {
			const cell = this.row(code).locator('td.appr');
			await cell.locator('select[name=c]').selectOption(d.basis);
			if (d.points)
				await cell.locator('input[name=d]').fill(d.points);
			if (d.counts) {
				await cell.locator('input[name=f]').fill(d.counts[0]);
				await cell.locator('input[name=h]').fill(d.counts[1]);
			}
			if (d.remark)
				await cell.locator('textarea').fill(d.remark);
			if (d.asks)
				await cell.locator('input[name=y]').check();
		}
		await this.submit('Lưu');
		same(await page.locator('main [role=alert]').count(), 0, 'faults of the decision');
	}

	// Agrees with the rows that are clear, and ends the stage.
	async finish(sheet, label, accept = true) {
		const { page } = this;
		await this.go(`${sheet}/tham-dinh`);
		if (accept)
			await Promise.all([page.waitForEvent('load'), page.locator('button[name=dong-y]').click()]);
		await this.submit(label);
		same(new URL(page.url()).pathname, sheet, `after “${label}”`);
	}
}

export function onDay(days) {
	const d = new Date(Date.now() + 7 * 3600000 + days * DAY);
	return [d.getUTCDate(), d.getUTCMonth() + 1, d.getUTCFullYear()].map((x) => String(x).padStart(2, '0')).join('/');
}

export const PDF = (text) => Buffer.from(`%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj\n% ${text}\ntrailer<</Root 1 0 R>>\n%%EOF\n`);

// A failed step ends the journey: what follows would make no sense.
export class Steps {
	constructor(name, people) {
		this.name = name;
		this.people = people;
		this.broken = false;
	}

	async do(what, body) {
		if (this.broken)
			return;
		for (const p of Object.values(this.people))
			p.page.faults.length = 0;
		this.broken = !await check(`${this.name}: ${what}`, async () => {
			await body();
			none(Object.values(this.people).flatMap((p) => p.page.faults), 'faults of the pages');
		}, true);
	}
}

export async function invite(browser, address, first) {
	const people = {};
	for (const login of Object.keys(first)) {
		const page = await openPage(await openContext(browser, address), address);
		people[login] = new Officer(page, async () => {});
	}
	return people;
}

export async function table(page, path) {
	const answer = await page.request.get(path);
	same(answer.status(), 200, path);
	const [head, ...rows] = parseCsv((await answer.text()).replace(/^\uFEFF/, ''));
	return rows.map((r) => Object.fromEntries(r.map((x, i) => [head[i], x])));
}

export function golden(name) {
	const [head, ...rows] = parseCsv(readFileSync(join(ROOT, 'tests', 'golden', 'round', name), 'utf-8').replaceAll('\n', '\r\n'));
	return rows.map((r) => Object.fromEntries(r.map((x, i) => [head[i], x])));
}

async function opening(s, { dieuphoi }) {
	await s.do('the coordinator makes the round', async () => {
		const { page } = dieuphoi;
		await dieuphoi.go('/tu-cham/tao?bo=bo-thu&loai=down');
		for (const [name, value] of Object.entries({ ma: ROUND, ten: 'Đợt thử hai sở năm 2025', 'ten-en': 'Trial of two departments 2025', ky: '2025', mo: onDay(-1),
			'tu-cham': onDay(10), 'tham-dinh': onDay(20), 'giai-trinh': onDay(30), 'ket-thuc': onDay(40) }))
			await page.locator(`[name="${name}"]`).fill(value);
		await page.locator('[name=cap]').selectOption('sample-department');
		await dieuphoi.submit('Tạo đợt');
		same(new URL(page.url()).pathname, `/tu-cham/${ROUND}`);
		same(await page.locator('table.board tbody tr').count(), 2, 'sheets');
	});
	await s.do('and opens it', () => dieuphoi.step('Mở đợt chấm'));
}

async function onTheWeb(s, { 'cv.a': officer, 'tt.a': head }) {
	await s.do('on the web: figures are typed, points appear at once', async () => {
		await officer.go(A.path);
		const first = await officer.type('1.1', ['12', '13']);
		same(first.saved, 1);
		same(await officer.points('1.1'), '1,85');
		await officer.type('1.3', ['1.200']);
		same(await officer.points('1.3'), '2,00');
	});
	await s.do('on the web: what the program counted is there with its source', async () => {
		same(await officer.points('2.1'), '1,94');
		that((await officer.row('2.1').innerText()).includes('Hệ thống một cửa (minh họa)'), 'source');
	});
	await s.do('on the web: a criterion that does not apply needs its reason', async () => {
		await officer.row('1.2').locator('summary').click();
		await officer.saving(async () => {
			await officer.row('1.2').locator('input[name=q]').fill('Không có hồ sơ trễ hạn');
			await officer.row('1.2').locator('input[name=na]').check();
		});
		await officer.go(A.path);
		same(await officer.row('1.2').locator('[data-state]').innerText(), 'Không áp dụng');
	});
	await s.do('on the web: not yet to be handed in, and why', async () => {
		await head.go(A.path);
		that(await head.page.getByRole('button', { name: 'Nộp bảng chấm' }).isDisabled(), 'can be handed in without evidence');
		that((await head.page.locator('#vs-submit').innerText()).includes('thiếu minh chứng'), 'why not');
	});
	await s.do('on the web: a file as evidence, and the sheet is handed in', async () => {
		await officer.prove(A.path, '1.1', { title: 'Báo cáo kết quả thực hiện kế hoạch', number: '412/BC-SCT',
			file: { name: 'Báo cáo số 412.pdf', mimeType: 'application/pdf', buffer: PDF('412') } });
		await head.go(A.path);
		await head.submit('Nộp bảng chấm');
		same(await head.page.locator('.head__lead .st').innerText(), 'Đã nộp');
	});
	await s.do('handed in is handed in: the officer’s fields are closed', async () => {
		await officer.go(A.path);
		same(await officer.page.locator('#bang .cell input:not([type=hidden])').count(), 0, 'open fields');
	});
}

async function throughExcel(s, { 'cv.b': officer, 'tt.b': head }, { browser, address, folder }) {
	await s.do('without JavaScript: one figure among empty fields is saved where it was typed', async () => {
		const plain = new Officer(await openPage(await openContext(browser, address, { javaScript: false }), address), async () => {});
		await plain.signIn('cv.b', GOOD, '/');
		await plain.go(B.path);
		await plain.row('2.1').locator('input[name=a]').fill('480');
		await plain.row('2.1').locator('input[name=b]').fill('500');
		await Promise.all([plain.page.waitForEvent('load'), plain.page.locator('.sheetbar__act button').filter({ hasText: /^Lưu$/ }).click()]);
		same((await Promise.all(['1.1', '1.2', '1.3', '2.1'].map((c) => plain.points(c)))).join(' '), '… … … 1,92');
		none(plain.page.faults, 'faults of the page');
		await plain.page.context().close();
	});
	const [blank, filled] = ['phieu.xlsx', 'phieu-da-dien.xlsx'].map((n) => join(folder, n));
	await s.do('through Excel: the workbook goes out and is filled', async () => {
		await officer.go(`${B.path}/phieu`);
		const [download] = await Promise.all([officer.page.waitForEvent('download'), officer.page.locator('a[href$="/tai-ve.xlsx"]').click()]);
		await download.saveAs(blank);
		execFileSync('/usr/bin/python3', [join(ROOT, 'tests', 'browser', 'fill_book.py'), blank, filled, 'plan_done=13/13', 'apology_rate=45/50', 'new_enterprises=900',
			'new_enterprises.prev=1000']);
	});
	await s.do('through Excel: it comes back, is shown, and taken in', async () => {
		const { page } = officer;
		await officer.go(`${B.path}/phieu`);
		await page.locator('#tep').setInputFiles(filled);
		await officer.submit('Xem trước');
		const shown = await page.locator('section[aria-labelledby=t-xem]').innerText();
		none(['13 / 13', '45 / 50', '900', '1.000'].filter((t) => !shown.includes(t) && !shown.includes(t.replaceAll(' ', '').replace('.', ''))), `not in the preview: ${shown}`);
		await Promise.all([page.waitForEvent('load'), page.locator('section[aria-labelledby=t-xem] form button').click()]);
		await officer.go(B.path);
		same((await Promise.all(['1.1', '1.2', '1.3', '2.1'].map((c) => officer.points(c)))).join(' '), '2,00 1,80 0,00 1,92');
	});
	await s.do('through Excel: evidence by number, by address, an explanation; handed in', async () => {
		await officer.prove(B.path, '1.1', { title: 'Quyết định ban hành kế hoạch', number: '15/QĐ-SNNMT' });
		await officer.go(B.path);
		await officer.explain('1.2', 'Số liệu từ phần mềm một cửa.');
		await head.go(B.path);
		await head.submit('Nộp bảng chấm');
		same(await head.page.locator('.head__lead .st').innerText(), 'Đã nộp');
	});
}

async function appraisal(s, { dieuphoi, thamdinh, lanhdao, 'cv.a': officer, 'tt.a': head }) {
	await s.do('first appraisal: a score is lowered by other counts, with a remark', async () => {
		await dieuphoi.step('Kết thúc tự chấm');
		await dieuphoi.step('Bắt đầu thẩm định lần 1');
		await thamdinh.appraise(A.path, { 1.1: { basis: 'figures', counts: ['11', '13'], asks: true, remark: 'Nhiệm vụ số 7 chưa xong trong năm.' } });
		that((await thamdinh.row('1.1').innerText()).includes('1,69'), 'lowered points');
		await thamdinh.finish(A.path, 'Xong thẩm định lần 1');
		await thamdinh.finish(B.path, 'Xong thẩm định lần 1');
	});
	await s.do('the unit sees what was decided, explains with new evidence, sends it', async () => {
		await dieuphoi.step('Bắt đầu giải trình');
		await officer.go(`${A.path}?loc=ha-diem`);
		const text = await officer.row('1.1').innerText();
		that(text.includes('1,69') && text.includes('0,16') && text.includes('Nhiệm vụ số 7'), text);
		await officer.prove(A.path, '1.1', { title: 'Biên bản nghiệm thu nhiệm vụ số 7', file: { name: 'Biên bản nghiệm thu.pdf', mimeType: 'application/pdf', buffer: PDF('7') } });
		await officer.go(A.path);
		await officer.explain('1.1', 'Nhiệm vụ số 7 nghiệm thu ngày 30/12, có biên bản.');
		await head.go(A.path);
		await head.submit('Gửi giải trình');
		same(await head.page.locator('.head__lead .st').innerText(), 'Đã giải trình');
	});
	await s.do('second appraisal: points given', async () => {
		await dieuphoi.step('Bắt đầu thẩm định lần 2');
		await thamdinh.appraise(A.path, { 1.1: { basis: 'points', points: '1,75', remark: 'Nghiệm thu muộn, tính một phần.' } });
		await thamdinh.finish(A.path, 'Xong thẩm định lần 2', false);
	});
	await s.do('the council decides one criterion', async () => {
		await dieuphoi.step('Hội đồng kết luận');
		await lanhdao.appraise(A.path, { 1.3: { basis: 'points', points: '1,5', remark: 'Một phần doanh nghiệp chưa hoạt động.' } });
	});
}

async function ending(s, people) {
	const { dieuphoi } = people;
	await s.do('nothing is public before the publication', async () => {
		const page = await openPage(await openContext(dieuphoi.page.context().browser(), new URL(dieuphoi.page.url()).origin), new URL(dieuphoi.page.url()).origin);
		same((await page.request.get(`/ket-qua/${ROUND}`)).status(), 404, 'round');
		await page.context().close();
	});
	await s.do('locked and published', async () => {
		await dieuphoi.step('Chốt kết quả');
		await dieuphoi.step('Công bố kết quả', '125/QĐ-UBND');
		that((await dieuphoi.page.locator('h1 + p .st').innerText()).includes('Đã công bố'), 'state');
	});
	await s.do('the final table is the golden one', async () => {
		const wanted = golden('down.csv'), found = [];
		for (const row of await table(dieuphoi.page, `/ket-qua/${ROUND}.csv`))
			found.push(row);
		for (const u of [A, B]) {
			const of = wanted.filter((r) => r.unit === u.name);
			const rows = await table(dieuphoi.page, `/ket-qua/${ROUND}/${u.path.split('/').pop()}.csv?mo=1,2`);
			for (const w of of.filter((r) => r.code !== 'T')) {
				const f = rows.find((r) => r.code === w.code);
				that(f, `${u.name} ${w.code} is not in the table: ${JSON.stringify(rows[0])}`);
				same([Number(f.points), Number(f.applicable)].join(' / '), [Number(w.points), Number(w.applicable)].join(' / '), `${u.name} ${w.code}`);
			}
			const total = of.find((r) => r.code === 'T');
			const line = found.find((r) => Object.values(r).includes(u.name));
			that(line, `${u.name} is not in the round: ${JSON.stringify(found[0])}`);
			same([Number(line.value), line.rank, line.group].join(' '), [Number(total.value), total.rank, total.group].join(' '), u.name);
		}
	});
	await s.do('the history tells who, when, old, new, why', async () => {
		await people['cv.a'].go(`${A.path}/lich-su?tc=1.1`);
		const text = await people['cv.a'].page.locator('main').innerText();
		none(['12 / 13', 'Người cv.a', 'Người thamdinh', 'Nhiệm vụ số 7 chưa xong', 'Nghiệm thu muộn', 'Biên bản nghiệm thu'].filter((t) => !text.includes(t)), `not in ${text.slice(0, 900)}`);
	});
}

async function strangers(s, { 'cv.b': officer, 'cv.a': own }) {
	await s.do('one unit sees nothing of another', async () => {
		const { page } = officer;
		for (const end of ['', '/minh-chung?tc=1.1', '/lich-su', '/ho-so', '/tham-dinh', '/ho-so/minh-chung.zip'])
			same((await page.request.get(A.path + end, { maxRedirects: 0 })).status(), 403, A.path + end);
		await own.go(`${A.path}/minh-chung?tc=1.1`);
		const file = await own.page.locator('main table a[href*="/tep/"]').first().getAttribute('href');
		same((await own.page.request.get(file, { maxRedirects: 0 })).status(), 200, 'own file');
		same((await page.request.get(file, { maxRedirects: 0 })).status(), 403, 'file of another unit');
	});
}

export async function downwards({ browser, address, first, folder, name }) {
	if (!wanted(`${name} downwards*`))
		return;
	const people = await invite(browser, address, first);
	const s = new Steps(`${name} downwards`, people);
	await s.do('everybody signs in', async () => {
		for (const [login, p] of Object.entries(people))
			await p.arrive(login, first[login]);
	});
	await opening(s, people);
	await onTheWeb(s, people);
	await throughExcel(s, people, { browser, address, folder });
	await strangers(s, people);
	await appraisal(s, people);
	await ending(s, people);
	for (const p of Object.values(people))
		await p.page.context().close();
}

