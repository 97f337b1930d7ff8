// The province's own sheet: six agencies fill their criteria of it, the coordinator consolidates, the People's Committee approves, the package is
// handed over. One agency works in the window, the others send what a program would; the points are compared with tests/golden/round/up.csv.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsv } from './faces.mjs';
import { none, same, that, wanted } from './tap.mjs';
import { addPeople, golden, invite, onDay, PDF, ROOT, ROUND, Steps, table } from './yearly.mjs';

const SHEET = `/tu-cham/${ROUND}/tm.tinh-mau`;
const MEASURES = join(ROOT, 'method', 'examples', 'tinh-mau-2024-self-measures.csv');
const EDITION = join(ROOT, 'method', 'par-index-province-illustrative.csv');
const PYTHON = '/usr/bin/python3';

// login, unit, the name in the edition's column of owners. The communes' one criterion is answered for by the department of home affairs.
const AGENCIES = [['vp', 'TM-SO-01', 'Văn phòng UBND tỉnh'], ['nv', 'TM-SO-02', 'Sở Nội vụ'], ['tp', 'TM-SO-03', 'Sở Tư pháp'], ['tc', 'TM-SO-04', 'Sở Tài chính'],
	['cn', 'TM-SO-08', 'Sở Khoa học và Công nghệ'], ['mc', 'TM-SO-12', 'Trung tâm PVHCC']];

function read(path) {
	const [head, ...rows] = parseCsv(readFileSync(path, 'utf-8').replace(/^\uFEFF/, '').replace(/\r?\n/g, '\r\n'));
	return rows.map((r) => Object.fromEntries(r.map((x, i) => [head[i], x])));
}

function write(path, rows) {
	const cell = (x) => `"${x.replaceAll('"', '""')}"`;
	writeFileSync(path, [Object.keys(rows[0]), ...rows.map((r) => Object.values(r))].map((r) => r.map(cell).join(',')).join('\r\n') + '\r\n');
}

// Surveys and last year come by import; everything else is for the agencies to enter.
export function prepareUp(thuocdo, folder) {
	const rules = read(EDITION).filter((r) => r.by === 'survey' || r.by === 'index').map((r) => r.rule).join(' ');
	const all = read(MEASURES);
	const survey = all.filter((m) => m.period === '2024' && new RegExp(`\\b${m.measure}\\b`).test(rules));
	const files = { survey: join(folder, 'survey.csv'), before: join(folder, 'before.csv') };
	thuocdo('init');
	thuocdo('import', 'units', join(ROOT, 'method', 'demo', 'units.csv'));
	write(files.survey, survey);
	write(files.before, all.filter((m) => m.period === '2023'));
	thuocdo('import', 'measures', files.survey, '--level', 'sample-province', '--stage', 'imported');
	thuocdo('import', 'measures', files.before, '--level', 'sample-province', '--stage', 'appraised');
	const people = { dieuphoi: ['coordinator', 'sample-province/TM', '*'], lanhdao: ['leader', 'sample-province/TM', 'sample-province/TM'] };
	for (const [login, unit] of AGENCIES)
		people[login] = ['unit_officer', `sample-department/${unit}`, `sample-department/${unit}`];
	return addPeople(thuocdo, people);
}

const onePage = async (page, path) => (await (await page.request.get(`${path}.json`)).json()).data;
const ddmmyyyy = (iso) => iso.split('-').reverse().join('/');

// The figure of a cell as the form has it, in English writing; of dated events the one that is next.
function typed(cell, measures) {
	const m = (measures.get(cell.measure) || [])[cell.input === 'event' ? cell.seq - 1 : 0];
	if (!m)
		return null;
	if (cell.input === 'event')
		return [m.value, ddmmyyyy(m.as_of)];
	if (cell.input === 'counts')
		return [m.numerator, m.denominator];
	return [cell.input === 'date' ? ddmmyyyy(m.value) : m.value, ''];
}

// All rows of an agency in one request, as its own program would: figures, and an explanation where evidence is asked for and none is there.
async function fillByProgram(person, measures) {
	const { page } = person;
	const sheet = await onePage(page, SHEET);
	const form = new URLSearchParams();
	await page.goto(`/en${SHEET}`);
	form.append('_csrf', await page.locator('#bang input[name=_csrf]').inputValue());
	const seen = new Set();
	for (const row of sheet.rows.filter((r) => r.mine)) {
		for (const cell of row.cells.filter((c) => c.input === 'event' || (c.part === 'now' && c.status === 'empty'))) {
			const figure = typed(cell, measures);
			if (!figure || seen.has(`${cell.measure} ${cell.seq}`))
				continue;
			seen.add(`${cell.measure} ${cell.seq}`);
			form.append('o', `${cell.measure}|${cell.part}|${cell.seq}|${cell.revision}||`);
			form.append('a', figure[0]);
			form.append('b', figure[1]);
			if (figure[1] && Number(figure[0]) > Number(figure[1])) { // more than the whole needs a word
				form.append('p', row.code);
				form.append('q', 'Thu vượt dự toán (minh họa)');
			}
		}
		if (row.evidence_needed && !row.evidence.length) {
			form.append('e', `${row.code}|explanation|${row.explanation_revision}|`);
			form.append('g', `Số liệu của tiêu chí ${row.code} lấy từ phần mềm chuyên ngành (minh họa).`);
		}
	}
	const answer = await page.request.post(`/en${SHEET}`, { data: form.toString(), headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' } });
	const told = await answer.json();
	same(answer.status(), 200, `${JSON.stringify((told.data?.results || []).filter((r) => r.message)).slice(0, 600)} ${told.detail || ''}`);
	return told.data;
}

// By hand, through every field of its rows.
async function fillByHand(person, measures) {
	const { page } = person;
	await person.go(SHEET);
	const sheet = await onePage(page, SHEET);
	for (const row of sheet.rows.filter((r) => r.mine)) {
		for (const cell of row.cells.filter((c) => c.input === 'event' || (c.part === 'now' && c.status === 'empty'))) {
			const figure = typed(cell, measures);
			const place = person.row(row.code).locator('.cell').filter({ has: page.locator(`input[name=o][value^="${cell.measure}|now|"]`) });
			if (!figure || !await place.count())
				continue;
			const fields = place.locator('input:not([type=hidden]), select');
			await person.saving(async () => {
				if (cell.input === 'yes_no')
					await fields.first().selectOption(figure[0]);
				else
					for (let i = 0; i < await fields.count(); i++)
						await fields.nth(i).fill(figure[i].replace('.', ','));
				await fields.last().press('Tab');
			});
		}
		if (row.evidence_needed)
			await person.explain(row.code, 'Số liệu từ hệ thống thông tin của tỉnh (minh họa).');
	}
}

async function agencies(s, people, measures) {
	await s.do('the coordinator makes the round and names the agencies', async () => {
		const { dieuphoi } = people;
		const { page } = dieuphoi;
		await dieuphoi.go('/tu-cham/tao?bo=par-index-minh-hoa&loai=up');
		for (const [name, value] of Object.entries({ ma: ROUND, ten: 'Tự đánh giá của tỉnh (thử)', 'ten-en': 'Self-assessment of the province (trial)', ky: '2024', mo: onDay(-1),
			'tu-cham': onDay(10), 'tham-dinh': onDay(20), 'giai-trinh': onDay(30), 'ket-thuc': onDay(40) }))
			await page.locator(`[name="${name}"]`).fill(value);
		await page.locator('[name=cap]').selectOption('sample-province');
		for (const [, unit, owner] of [...AGENCIES, ['', 'TM-SO-02', 'UBND cấp xã']]) {
			const field = page.locator('.fld').filter({ has: page.locator(`input[name=chu-tri][value="${owner}"]`) });
			await field.locator('select').selectOption(`sample-department/${unit}`);
		}
		await dieuphoi.submit('Tạo đợt');
		same(new URL(page.url()).pathname, `/tu-cham/${ROUND}`, (await page.locator('main').innerText()).slice(0, 300));
		await dieuphoi.step('Mở đợt chấm');
	});
	await s.do('an agency sees its own criteria and nobody else’s', async () => {
		const sheet = await onePage(people.cn.page, SHEET);
		const rows = sheet.rows.filter((r) => r.scored && r.state !== 'none');
		none(rows.filter((r) => !r.owner.startsWith('Sở Khoa học và Công nghệ')).map((r) => `${r.code} ${r.owner}`), 'rows of others');
		same(rows.length, 3, 'rows');
		that([403, 404].includes((await people.cn.page.request.get(`${SHEET}/minh-chung?tc=1.1.1`)).status()), 'evidence of another agency');
	});
	await s.do('one agency types its figures', () => fillByHand(people.cn, measures));
	for (const [login, , owner] of AGENCIES.filter((a) => a[0] !== 'cn'))
		await s.do(`${owner} sends its figures`, async () => {
			const first = await fillByProgram(people[login], measures);
			that(first.saved > 0, JSON.stringify(first).slice(0, 300));
			for (let told = first; told.saved; ) // each saved event opens the place of the next one
				told = await fillByProgram(people[login], measures);
		});
	await s.do('evidence: a file and a document', async () => {
		await people.nv.prove(SHEET, '1.1.1', { title: 'Kế hoạch cải cách hành chính năm 2024', number: '12/KH-UBND',
			file: { name: 'Kế hoạch số 12: năm 2024.pdf', mimeType: 'application/pdf', buffer: PDF('kế hoạch') } });
		await people.nv.prove(SHEET, '1.1.1', { title: 'Công văn đôn đốc', number: '90/UBND-NC' });
	});
}

async function consolidation(s, people) {
	const { dieuphoi, lanhdao } = people;
	const part = (p, owner) => p.page.locator('section[aria-labelledby=t-phan] tbody tr').filter({ has: p.page.locator(`input[name=phan][value="${owner}"]`) });
	const press = async (p, owner, label, reason) => {
		await p.go(SHEET);
		const row = part(p, owner);
		if (reason)
			await row.locator('input[name=ly-do]').fill(reason);
		const button = row.getByRole('button', { name: label, exact: true });
		same(await button.count(), 1, `“${label}” in “${(await row.innerText()).replace(/\s+/g, ' ')}”`);
		await Promise.all([p.page.waitForEvent('load'), button.click()]);
		same(new URL(p.page.url()).pathname, SHEET, `${owner}: ${label}`);
	};
	await s.do('each agency hands in its part', async () => {
		for (const [login, , owner] of AGENCIES)
			await press(people[login], owner, 'Nộp phần này');
		await press(people.nv, 'UBND cấp xã', 'Nộp phần này');
	});
	await s.do('one part goes back with a reason, comes again', async () => {
		await press(dieuphoi, 'Sở Tư pháp', 'Trả lại', 'Rà lại số văn bản đã kiểm tra');
		await people.tp.go(SHEET);
		that((await part(people.tp, 'Sở Tư pháp').innerText()).includes('Trả lại'), 'not returned');
		await press(people.tp, 'Sở Tư pháp', 'Nộp phần này');
	});
	await s.do('the coordinator takes the parts, writes difficulties and proposals, hands in', async () => {
		for (const owner of [...AGENCIES.map((a) => a[2]), 'UBND cấp xã'])
			await press(dieuphoi, owner, 'Nhận');
		await dieuphoi.go(SHEET);
		await dieuphoi.page.locator('#kk').fill('Kinh phí cho chuyển đổi số còn hạn chế.');
		await dieuphoi.page.locator('#kn').fill('Đề nghị hướng dẫn sớm cách tính tỷ lệ hồ sơ trực tuyến.');
		await Promise.all([dieuphoi.page.waitForEvent('load'), dieuphoi.page.locator('.sheetbar__act button').filter({ hasText: /^Lưu$/ }).click()]);
		await dieuphoi.submit('Nộp bảng chấm');
		same(await dieuphoi.page.locator('.head__lead .st').innerText(), 'Đã nộp');
	});
	await s.do('the People’s Committee approves', async () => {
		await lanhdao.go(SHEET);
		await lanhdao.submit('Duyệt bảng chấm');
		same(await lanhdao.page.locator('.head__lead .st').innerText(), 'Đã duyệt');
	});
}

async function handOver(s, { dieuphoi, cn }, folder) {
	await s.do('the package: the table of scores is the golden one', async () => {
		const rows = await table(dieuphoi.page, `${SHEET}/ho-so.csv`);
		const wrong = [];
		for (const w of golden('up.csv')) {
			const f = rows.find((r) => r.code === w.code);
			if (!f || Number(f.points) !== Number(w.points) || Number(f.max) !== Number(w.max))
				wrong.push(`${w.code}: ${f ? `${f.points} / ${f.max}` : 'not there'}, golden ${w.points} / ${w.max}`);
		}
		none(wrong, 'other than the golden table');
	});
	await s.do('the package: explanations, difficulties, proposals, evidence', async () => {
		await dieuphoi.go(`${SHEET}/ho-so`);
		const text = await dieuphoi.page.locator('main').innerText();
		none(['Kinh phí cho chuyển đổi số', 'Đề nghị hướng dẫn sớm', '12/KH-UBND', '90/UBND-NC', 'phần mềm chuyên ngành'].filter((t) => !text.includes(t)), 'not in the package');
	});
	await s.do('the package: evidence as an archive by criterion, read by others', async () => {
		const answer = await dieuphoi.page.request.get(`${SHEET}/ho-so/minh-chung.zip`);
		same(answer.status(), 200);
		const path = join(folder, 'minh-chung.zip');
		writeFileSync(path, await answer.body());
		const names = execFileSync(PYTHON, ['-c', 'import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nprint("\\n".join(z.namelist()))', path], { encoding: 'utf-8' }).trim().split('\n');
		none(['bang-diem.csv', 'danh-muc-minh-chung.csv', 'kho-khan-kien-nghi.csv'].filter((n) => !names.includes(n)), `tables not among ${names}`);
		const file = names.find((n) => n.startsWith('1.1.1/'));
		that(file && file.endsWith('.pdf') && file.includes('Kế hoạch'), `evidence among ${names}`);
		const bytes = execFileSync(PYTHON, ['-c', 'import sys, zipfile\nsys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))', path, file]);
		that(bytes.equals(PDF('kế hoạch')), 'bytes of the file');
	});
	await s.do('the package: the scores as a workbook, read by openpyxl', async () => {
		const answer = await dieuphoi.page.request.get(`${SHEET}/ho-so/bang-diem.xlsx`);
		same(answer.status(), 200);
		const path = join(folder, 'bang-diem.xlsx');
		writeFileSync(path, await answer.body());
		const program = 'import sys, json, openpyxl\nprint(json.dumps([[c for c in r] for r in openpyxl.load_workbook(sys.argv[1]).active.iter_rows(values_only=True)]))';
		const [head, ...rows] = JSON.parse(execFileSync(PYTHON, ['-c', program, path], { encoding: 'utf-8' }));
		same(head.slice(0, 5).join(' | ').replaceAll('\u00A0', ' '), 'Mã | Tiêu chí | Điểm tối đa | Điểm tối đa áp dụng | Tự chấm');
		none(golden('up.csv').filter((w) => !rows.some((r) => String(r[0]) === w.code && r[4] === Number(w.points))).map((w) => w.code), 'criteria with other points');
	});
	await s.do('the package is not for a single agency', async () => {
		for (const end of ['/ho-so/minh-chung.zip', '/ho-so/bang-diem.xlsx', '/tham-dinh'])
			same((await cn.page.request.get(SHEET + end, { maxRedirects: 0 })).status(), 403, end);
	});
}

export async function upwards({ browser, address, first, folder, name }) {
	if (!wanted(`${name} upwards*`))
		return;
	const people = await invite(browser, address, first);
	const measures = new Map();
	for (const m of read(MEASURES).filter((x) => x.period === '2024'))
		measures.set(m.measure, [...(measures.get(m.measure) || []), m]);
	const s = new Steps(`${name} upwards`, people);
	await s.do('everybody signs in', async () => {
		for (const [login, p] of Object.entries(people))
			await p.arrive(login, first[login]);
	});
	await agencies(s, people, measures);
	await consolidation(s, people);
	await handOver(s, people, folder);
	for (const p of Object.values(people))
		await p.page.context().close();
}
