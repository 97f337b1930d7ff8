// Results of surveys: the cross-table with its denominators, and what people wrote, in both languages, at both widths. On the training server.
import { looker, Person } from './accounts.mjs';
import { axeFindings, openContext, openPage } from './browser.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

const SURVEY = '/khao-sat/mot-cua-2026';
const CROSS = `${SURVEY}/ket-qua?chia=noi&cau=A2`;
const FORM = { A1: '1', A2: '2', B1: '4', B2: '5', B3: '4', B4: '4', B5: '4', B6: '5', C1: 'cho' };

async function write(address, key, words) {
	const body = new URLSearchParams({ khoa: key.padStart(22, '0'), buoc: '4', ...FORM, C2: words });
	for (const shown of ['B6', 'C1', 'C2'])
		body.append('_co', shown);
	const answer = await fetch(address + SURVEY, { method: 'POST', body, redirect: 'manual' });
	same(answer.status, 303, `sending "${words}"`);
}

// A row of the cross-table: its name, the counts in its cells, its denominator.
const rowsOf = (page) => page.locator('section:has(h2:text("có kết quả")) tbody tr, section:has(.src:text("Mỗi ô là tỷ lệ")) tbody tr').evaluateAll((rows) => rows.map((r) => ({
	name: r.querySelector('th').innerText,
	cells: [...r.querySelectorAll('td .note')].map((n) => Number(n.innerText.replace('.', ''))),
	hidden: [...r.querySelectorAll('td')].filter((t) => t.innerText.includes('ẩn')).length,
	all: Number(r.querySelector('td:last-child').innerText.replace('.', '')),
})));

export async function results({ browser, axe, address, password, folder }) {
	if (!wanted('results*') && !folder)
		return;
	const look = looker(axe, folder);
	const visitor = new Person(await openPage(await openContext(browser, address), address), look);
	await check('results: the cross-table of anybody: cells add up to the denominator', async () => {
		await visitor.open(CROSS);
		const rows = await rowsOf(visitor.page);
		that(rows.length === 5, `${rows.length} rows`);
		for (const row of rows)
			that(row.hidden > 0 || row.cells.reduce((a, b) => a + b, 0) === row.all, JSON.stringify(row));
		await visitor.open(`/en${CROSS}`);
		none(await axeFindings(visitor.page, axe), 'axe in English');
		none(visitor.page.faults, 'faults of the page');
	});
	await check('results: a filter of few people hides cells, never all of one row but one', async () => {
		await visitor.open(`${SURVEY}/ket-qua?chia=noi&cau=A3&loc=A2%3D3`);
		for (const row of await rowsOf(visitor.page))
			that(row.hidden !== 1, `one hidden cell can be worked out: ${JSON.stringify(row)}`);
	});
	await check('results: a long form is an overview on the screen and six sheets at most on paper', async () => {
		const { page } = visitor;
		await visitor.open('/en/khao-sat/sipas-ho-2025/ket-qua'); // the longer words
		for (const [width, most] of [[1366, 3000], [390, 5000]]) {
			await page.setViewportSize({ width, height: 800 });
			const height = await page.evaluate(() => document.documentElement.scrollHeight);
			that(height < most, `${height} px at ${width}`);
		}
		await page.setViewportSize({ width: 1366, height: 768 });
		const sheets = (await page.pdf({ preferCSSPageSize: true })).toString('latin1').match(/\/Type\s*\/Page[^s]/g).length;
		that(sheets <= 6, `${sheets} sheets`);
	});
	await check('results: what people wrote is not for everybody', async () => {
		const answer = await visitor.page.goto(`${SURVEY}/y-kien`);
		that(!(await visitor.page.content()).includes('survey_text') && visitor.page.url().includes('dang-nhap') || answer.status() >= 400, 'it is shown');
	});
	await visitor.page.context().close();
	await write(address, 'r1', 'Cán bộ nhiệt tình, gọi 0912 345 678');
	await write(address, 'r2', 'Chờ lâu quá');
	const coordinator = new Person(await openPage(await openContext(browser, address), address), look);
	await coordinator.signIn('dieuphoi', password, '/');
	await check('results: what people wrote: masked, and found without marks', async () => {
		const { page } = coordinator;
		await coordinator.open(`${SURVEY}/y-kien`);
		const text = await page.locator('main').innerText();
		that(text.includes('•••') && !text.includes('345 678'), text);
		await page.fill('#tim-y-kien', 'nhiet tinh');
		await page.keyboard.press('Enter');
		await page.waitForURL(/tim=nhiet/);
		await page.locator('h1', { hasText: /^1 / }).waitFor();
		same(await page.locator('main tbody tr').count(), 1, 'rows');
		await coordinator.open(`/en${SURVEY}/y-kien?tim=345678`);
		same(await page.locator('main tbody tr').count(), 0, 'rows of a number that is masked');
		none(page.faults, 'faults of the page');
	});
	await check('results: links to data and words are there for who may', async () => {
		await coordinator.open(`${SURVEY}/ket-qua`);
		for (const end of ['cong-bo', 'so-lieu', 'y-kien', 'du-lieu'])
			same(await coordinator.page.locator(`.head__act a[href$="/${end}"]`).count(), 1, end);
	});
	await coordinator.page.context().close();
}
