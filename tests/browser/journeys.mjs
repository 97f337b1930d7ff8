// What people do on the site, step by step, in Vietnamese unless said otherwise. None needs JavaScript: all run with it and without.
import { openContext, openPage, overflow, PHONE, tabTo } from './browser.mjs';
import { check, none, same, that, wanted } from './tap.mjs';

class Journey {
	constructor(page, address, name, javaScript) {
		this.page = page;
		this.address = address;
		this.name = name;
		this.javaScript = javaScript;
		this.broken = false;
	}

	// After a failed step the later ones make no sense.
	async step(name, body) {
		if (this.broken)
			return;
		this.page.faults.length = 0;
		this.broken = !await check(`${this.name}: ${name}`, async () => {
			await body();
			none(this.page.faults, 'faults of the page');
		}, true);
	}

	text(selector) {
		return this.page.locator(selector).first().evaluate((e) => e.textContent.replace(/\s+/g, ' ').trim());
	}

	// The row of a table that begins with this text.
	row(table, head) {
		return this.page.locator(`${table} tbody tr`).filter({ has: this.page.locator('th[scope=row]').getByText(head, { exact: true }) }).first();
	}

	async rowText(table, head) {
		return this.row(table, head).evaluate((e) => [...e.cells].map((c) => c.textContent.replace(/\s+/g, ' ').trim()).join(' | '));
	}

	async goto(path) {
		const answer = await this.page.goto(path);
		same(answer.status(), 200, path);
	}

	async submit(locator) {
		await Promise.all([this.page.waitForEvent('load'), locator.click()]);
	}

	// From the first entry down, with the arrow keys.
	async chooseByKeys(label, shown) {
		const list = this.page.getByLabel(label, { exact: true });
		none(await tabTo(this.page, list), 'focus not seen on the way');
		await this.page.keyboard.press('Home');
		const texts = await list.evaluate((e) => [...e.options].map((o) => o.text));
		for (let i = texts.indexOf(shown); i > 0; i--)
			await this.page.keyboard.press('ArrowDown');
		same(await list.evaluate((e) => e.selectedOptions[0].text), shown, label);
	}
}

function holds(text, ...parts) {
	none(parts.filter((p) => !(p instanceof RegExp ? p.test(text) : text.includes(p))).map(String), `not in “${text.slice(0, 400)}”`);
}

async function thanhHoa(j) {
	const { page } = j;
	await j.step('the first page offers a search', async () => {
		await j.goto('/');
		await page.locator('main input[name=q]').waitFor();
	});
	await j.step('“thanh hoa” without diacritics finds Thanh Hóa first', async () => {
		await page.locator('main input[name=q]').fill('thanh hoa');
		await Promise.all([page.waitForURL(/\/tim\?q=thanh/), page.keyboard.press('Enter')]);
		same(await j.text('main .ways a'), 'Thanh Hóa', 'first hit');
	});
	await j.step('its page opens with the answer as title', async () => {
		await j.submit(page.locator('main .ways a').first());
		holds(await j.text('h1'), 'Thanh Hóa', 'PAR INDEX 2019', 'hạng 43', 'tăng 14 bậc');
	});
	await j.step('PAR INDEX 2019: 80,15, rank 43, up 14; 2018: rank 57', async () => {
		holds(await j.rowText('#par-index table', '2019'), '80,15', '| 43', 'tăng 14');
		holds(await j.rowText('#par-index table', '2018'), '| 57');
	});
	await j.step('SIPAS 2019: 86,33, rank 23; 2018: rank 18', async () => {
		holds(await j.rowText('#sipas table', '2019'), '86,33', '| 23', 'giảm 5');
		holds(await j.rowText('#sipas table', '2018'), '| 18');
	});
	await j.step('each table names its sources', async () => {
		for (const id of ['par-index', 'sipas', 'papi', 'pci'])
			that((await page.locator(`#${id} .sources li`).count()) > 0, `${id}: no source`);
	});
	await j.step('a change of method is marked in the series', async () => holds(await j.text('#papi table'), 'Đứt dãy số từ năm 2018'));
	await j.step('no strip of illustrative figures here', async () => same(await page.locator('.demo').count(), 0));
}

async function dakLak(j) {
	const { page } = j;
	await j.step('PAPI 2019, dimension 5: Đắk Lắk is 55th', async () => {
		await j.goto('/chi-so/papi/2019');
		await page.getByLabel('Năm', { exact: true }).selectOption('2019');
		await page.locator('#chuoi').selectOption('D5');
		await j.submit(page.locator('form.filters button'));
		holds(new URL(page.url()).search + new URL(page.url()).pathname, 'D5', '2019');
		const row = page.locator('table.league tbody tr').filter({ hasText: 'Đắk Lắk' });
		same(await row.locator('td').first().innerText(), '55', 'rank');
	});
	await j.step('the unit’s page says the same', async () => {
		await j.submit(page.locator('table.league tbody th a').filter({ hasText: 'Đắk Lắk' }));
		await page.locator('#noi-dung select').selectOption('2019');
		await j.submit(page.locator('#noi-dung button'));
		const cells = await page.locator('#noi-dung tbody tr').filter({ hasText: 'D5' }).locator('td').allInnerTexts();
		holds(cells[3], /^55\b/);
	});
	await j.step('the province before and after July 2025 are told apart', async () => holds(await j.text('body'), '01/07/2025'));
}

async function filters(j) {
	const { page } = j;
	await j.step('the skip link comes first and leads into the page', async () => {
		await j.goto('/chi-so/par-index/2024');
		await page.keyboard.press('Tab');
		same(await page.evaluate(() => document.activeElement.getAttribute('href')), '#noidung', 'first stop');
		await page.keyboard.press('Enter');
		holds(page.url(), '#noidung');
		none(await tabTo(page, page.locator('main form.filters select').first(), 3), 'focus not seen');
	});
	await j.step('by keyboard alone: the year 2019', async () => {
		await j.goto('/chi-so/par-index/2024');
		await j.chooseByKeys('Năm', '2019');
		none(await tabTo(page, page.locator('form.filters button')), 'focus not seen on the way');
		await Promise.all([page.waitForURL(/2019/), page.keyboard.press('Enter')]);
		holds(await j.rowText('table.league', 'Thanh Hóa'), '43', '80,15', 'tăng 14');
	});
	await j.step('by keyboard alone: a region', async () => {
		await j.chooseByKeys('Vùng', 'Đông Nam Bộ');
		none(await tabTo(page, page.locator('form.filters button')), 'focus not seen on the way');
		await Promise.all([page.waitForURL(/vung=dong-nam-bo/), page.keyboard.press('Enter')]);
		same(await page.locator('table.league tbody th').filter({ hasText: 'Thanh Hóa' }).count(), 0, 'rows of another region');
		that((await page.locator('table.league tbody tr').count()) > 0, 'no row is left');
	});
	await j.step('the view can be sent as a link', async () => {
		await j.goto(page.url());
		same(await page.locator('#vung').evaluate((e) => e.selectedOptions[0].text), 'Đông Nam Bộ');
	});
	await j.step('by keyboard alone: the map of 34 units', async () => {
		await j.goto('/chi-so/papi/2019');
		const radio = page.locator('input[name=dia-gioi]:checked');
		none(await tabTo(page, radio), 'focus not seen on the way');
		await page.keyboard.press('ArrowRight');
		same(await page.locator('input[name=dia-gioi]:checked').inputValue(), '34');
		await Promise.all([page.waitForURL(/dia-gioi=34/), page.keyboard.press('Enter')]);
		same(await page.locator('.map a').count(), 34, 'squares of the map');
		holds(await j.text('.map'), 'Hoàng Sa', 'Trường Sa');
	});
	await j.step('an incomplete year says so and ranks nobody by itself', async () => {
		await j.goto('/chi-so/par-index/2019');
		holds(await j.text('main .msg--warn'), /Bảng chưa đầy đủ: \d+\/63/);
		const v = await (await page.request.get('/chi-so/par-index/2019.json')).json();
		that(v.data.mean === null, 'a mean of the country from some of its units');
	});
	await j.step('a complete year says nothing of the kind', async () => {
		await j.goto('/chi-so/papi/2011');
		same(await page.locator('main .msg--warn').count(), 0);
		same(await page.locator('table.league tbody tr').count(), 63, 'rows');
	});
}

async function comparison(j) {
	const { page } = j;
	await j.step('the empty comparison names the next step', async () => {
		await j.goto('/so-sanh');
		holds(await j.text('main .empty'), 'Chọn ít nhất hai đơn vị');
	});
	await j.step('two units are chosen and compared', async () => {
		await page.locator('#chi-so').selectOption('papi');
		await page.locator('#dv-a').selectOption({ label: 'Thanh Hóa' });
		await page.locator('#dv-b').selectOption({ label: 'Đà Nẵng' });
		await j.submit(page.locator('form.filters button'));
		holds(await j.text('h1'), 'Thanh Hóa', 'Đà Nẵng');
		holds(await j.text('main table thead'), 'Thanh Hóa', 'Đà Nẵng');
	});
	await j.step('the years of both stand side by side', async () => {
		const tables = await page.locator('main table').evaluateAll((all) => all.map((t) => t.textContent.replace(/\s+/g, ' ')).join(' '));
		holds(tables, '2024', '44,87', '2011');
	});
	await j.step('the choice stays in the form and in the address', async () => {
		await j.goto(page.url());
		same(await page.locator('#dv-a').evaluate((e) => e.selectedOptions[0].text), 'Thanh Hóa');
	});
	await j.step('from a unit’s page the comparison begins with that unit', async () => {
		await j.goto('/don-vi/38.thanh-hoa');
		await j.submit(page.locator('.head__act a').first());
		same(await page.locator('#dv-a').evaluate((e) => e.selectedOptions[0].text), 'Thanh Hóa');
	});
}

async function sheet(j) {
	const { page } = j;
	const open = async (code) => {
		const link = page.locator(`#m-${code.replaceAll('.', '\\.')} a.tg`);
		none(await tabTo(page, link), 'focus not seen on the way');
		await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
		same(await link.getAttribute('aria-expanded'), 'true', code);
	};
	await j.step('Tỉnh Mẫu 2024 is reached from the rounds', async () => {
		await j.goto('/ket-qua');
		await j.submit(page.locator('main a[href$="/ket-qua/cap-tinh-2024"]').first());
		await j.submit(page.locator('main tbody a').filter({ hasText: 'Tỉnh Mẫu' }).first());
		holds(await j.text('h1'), 'Tỉnh Mẫu', '2024');
	});
	await j.step('the strip says that the figures are illustrative', async () => holds(await j.text('.demo'), /số liệu minh họa/i));
	await j.step('by keyboard: field 3 opens', async () => {
		await open('3');
		holds(await j.rowText('table.tree', '3.4'), 'Kết quả giải quyết hồ sơ', '2,35');
	});
	await j.step('by keyboard: criterion 3.4 opens', async () => {
		await open('3.4');
		holds(await j.rowText('table.tree', '3.4.1'), 'giải quyết đúng hạn', '0,97');
	});
	await j.step('by keyboard: component 3.4.1 shows its trace', async () => {
		await open('3.4.1');
		holds(await j.text('tr.trace'), 'Quy tắc', '95% ≤ r < 100%', 'on_time_rate_province', 'Số liệu gốc', '97,16%', '12.486 / 12.851', 'Biểu II.06a năm 2024',
			'Phép tính', '12.486 / 12.851 = 0,971597… × 1,00 → 0,97', '0,97 điểm', 'mất 0,03');
	});
	await j.step('the threshold ruler speaks', async () => holds(await page.locator('tr.trace svg[role=img]').first().getAttribute('aria-label'), 'Thước ngưỡng', '97,16%'));
	await j.step('the row is in sight after it opened', async () => {
		const box = await page.locator('tr.trace').first().boundingBox();
		that(box.y < 768 && box.y + box.height > 0, `trace at ${Math.round(box.y)} px`);
	});
	await j.step('and closes again', async () => {
		await Promise.all([page.waitForEvent('load'), page.locator('#m-3\\.4\\.1 a.tg').press('Enter')]);
		same(await page.locator('tr.trace').count(), 0, 'traces');
	});
	await j.step('the losses, largest first', async () => {
		await j.submit(page.locator('form.filters .chips a').nth(1));
		const lost = (await page.locator('ol.loss li .m b').allInnerTexts()).map((t) => Number(t.replace(',', '.')));
		that(lost.length > 5, `${lost.length} losses`);
		that(lost.every((x, i) => !i || x <= lost[i - 1]), `not in order: ${lost}`);
	});
	await j.step('a loss leads to its trace', async () => {
		await j.submit(page.locator('ol.loss a').first());
		that((await page.locator('tr.trace').count()) > 0, 'no trace');
	});
	await j.step('another round of the same unit', async () => {
		await page.locator('#ky').selectOption({ index: 1 });
		await j.submit(page.locator('form.filters button'));
		holds(await j.text('h1'), 'Tỉnh Mẫu');
	});
	await j.step('departments of a round are ranked', async () => {
		await j.goto('/ket-qua/so-nganh-2025');
		that((await page.locator('table.round tbody tr').count()) > 5, 'few rows');
		holds(await j.text('.demo'), /số liệu minh họa/i);
	});
	await j.step('the criteria set behind it shows its rules', async () => {
		await j.goto('/bo-tieu-chi/par-index-minh-hoa?mo=3,3.4,3.4.1');
		holds(await j.text('table.tree'), 'on_time_rate_province');
	});
}

async function english(j) {
	const { page } = j;
	for (const [path, word] of [['/chi-so/par-index/2019', 'PAR INDEX'], ['/don-vi/38.thanh-hoa', 'Thanh Hóa'], ['/ket-qua/cap-tinh-2024/tm.tinh-mau?mo=3', '2024'],
		['/so-sanh?chi-so=papi&a=38.thanh-hoa&b=48.da-nang', 'Thanh Hóa'], ['/tim?q=thanh+hoa', 'thanh hoa']])
		await j.step(`English keeps ${path}`, async () => {
			await j.goto(path);
			await j.submit(page.locator('header a.lang'));
			same(page.url(), `${j.address}/en${path}`, 'address');
			same(await page.locator('html').getAttribute('lang'), 'en');
			holds(await j.text('h1'), word);
			await j.submit(page.locator('header a.lang'));
			same(page.url(), `${j.address}${path}`, 'and back');
		});
	await j.step('English writes figures its own way', async () => {
		await j.goto('/en/don-vi/38.thanh-hoa');
		holds(await j.rowText('#par-index table', '2019'), '80.15', 'up 14');
	});
}

async function lost(j) {
	const { page } = j;
	for (const [path, words] of [['/khong-co', ['Không có trang này', 'Tổng quan']], ['/en/khong-co', ['There is no such page']], ['/don-vi/00.khong-co', ['Không']],
		['/chi-so/par-index/1800', ['Không']], ['/ket-qua/khong-co/x', ['Không']]])
		await j.step(`404 with the next step: ${path}`, async () => {
			page.expects = 404;
			const answer = await page.goto(path);
			same(answer.status(), 404, 'status');
			holds(await j.text('body'), ...words);
			that((await page.locator('main a[href]').count()) >= 3, 'no way on');
			page.expects = 0;
		});
	await j.step('a search from there', async () => {
		await page.locator('main input[name=q]').fill('da nang');
		await Promise.all([page.waitForURL(/\/tim\?q=/), page.keyboard.press('Enter')]);
		holds(await j.text('main .ways a'), 'Đà Nẵng');
	});
	await j.step('a search without result names the next step', async () => {
		await j.goto('/tim?q=zzzqqq');
		holds(await j.text('main .empty'), /\S/);
	});
	await j.step('hostile text is only text', async () => {
		const text = '"><script>document.title="x"</script><img src=x onerror=alert(1)>';
		await j.goto(`/tim?q=${encodeURIComponent(text)}`);
		same(await page.locator('main input[name=q]').inputValue(), text, 'field');
		same(await page.locator('main img, main script').count(), 0, 'elements made of it');
	});
}

async function phone(j) {
	const { page } = j;
	await j.step('on the phone: search, unit, sheet', async () => {
		await page.setViewportSize(PHONE);
		await j.goto('/');
		await page.locator('main input[name=q]').fill('tinh mau');
		await Promise.all([page.waitForURL(/\/tim\?q=/), page.keyboard.press('Enter')]);
		await j.submit(page.locator('main .ways a').filter({ hasText: 'Tỉnh Mẫu' }).first());
		holds(await j.text('.demo'), /số liệu minh họa/i);
	});
	await j.step('on the phone: controls are large enough to touch', async () => {
		await j.goto('/chi-so/par-index/2019');
		const small = await page.locator('main form select, main form button, header nav a').evaluateAll((all) => all.filter((e) => e.checkVisibility())
			.map((e) => [e.outerHTML.slice(0, 60), e.getBoundingClientRect().height]).filter(([, h]) => h < 43.5).map(([t, h]) => `${t} ${h} px`));
		none(small, 'less than 44 px high');
	});
	await j.step('on the phone: the navigation can be reached', async () => {
		const link = page.locator('nav.nav a').last();
		await link.scrollIntoViewIfNeeded();
		await j.submit(link);
		holds(page.url(), '/huong-dan');
	});
}

async function help(j) {
	const { page } = j;
	for (const path of ['/', '/chi-so', '/chi-so/papi/2019', '/don-vi/38.thanh-hoa', '/so-sanh', '/ket-qua', '/ket-qua/cap-tinh-2024/tm.tinh-mau', '/bo-tieu-chi', '/tim?q=a'])
		await j.step(`“?” explains ${path}`, async () => {
			await j.goto(path);
			const at = await page.locator('header a.help[href*="huong-dan"]').getAttribute('href');
			await j.submit(page.locator('header a.help[href*="huong-dan"]'));
			holds(page.url(), '/huong-dan/');
			holds(page.url(), at);
			that((await page.locator('main section').count()) >= 2, 'an empty page of help');
		});
}

// Ground and size are the reader's choice: cookies, set by a form, so that it works without JavaScript.
async function display(j) {
	const { page } = j;
	const root = (name) => page.locator('html').getAttribute(name);
	const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
	const path = '/chi-so/papi/2019?chuoi=D5';
	let light;
	await j.step('the ground is light at first', async () => {
		await j.goto(path);
		same(await root('data-theme'), null);
		light = await ground();
	});
	await j.step('by keyboard: the dark ground, and back to the same page', async () => {
		const button = page.locator('header button[name=nen]');
		none(await tabTo(page, button), 'focus not seen on the way');
		await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
		same(page.url(), `${j.address}${path}`, 'address');
		same(await root('data-theme'), 'dark');
		that((await ground()) !== light, 'the ground is the same');
	});
	await j.step('the choice holds on other pages, in English and where nothing is', async () => {
		for (const other of ['/', '/en/ket-qua', '/tim?q=zzzqqq']) {
			await j.goto(other);
			same(await root('data-theme'), 'dark', other);
		}
		page.expects = 404;
		await page.goto('/khong-co');
		same(await root('data-theme'), 'dark', 'error page');
		page.expects = 0;
	});
	await j.step('paper stays white', async () => {
		await j.goto('/');
		await page.emulateMedia({ media: 'print' });
		same(await ground(), 'rgb(255, 255, 255)');
		await page.emulateMedia({ media: 'screen' });
	});
	await j.step('a page with another ground is another answer to caches', async () => {
		const dark = await page.request.get('/');
		const tag = dark.headers().etag;
		holds(dark.headers().vary, 'Cookie');
		const plain = await fetch(`${j.address}/`, { headers: { 'If-None-Match': tag } });
		same(plain.status, 200, 'the light page under the mark of the dark one');
	});
	await j.step('the wall screen: everything half as large again', async () => {
		await j.goto(path);
		await j.submit(page.locator('footer button[value=lon]'));
		same(page.url(), `${j.address}${path}`, 'address');
		same(await root('data-view'), 'wall');
		same(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '24px');
		same(await page.locator('footer button[value=lon]').getAttribute('aria-pressed'), 'true');
		none(await overflow(page), 'wider than the window');
	});
	if (j.javaScript)
		await j.step('the wall screen moves on by itself until a key is pressed', async () => {
			await page.clock.install();
			await j.goto('/chi-so/papi/2019');
			holds(await j.text('[data-wall]'), '30 giây');
			await page.clock.runFor(31000);
			const first = await page.evaluate(() => scrollY);
			that(first > 0, 'still at the top');
			await page.keyboard.press('Shift');
			await page.clock.runFor(61000);
			same(await page.evaluate(() => scrollY), first, 'place after the key');
			holds(await j.text('[data-wall]'), 'Đã dừng');
		});
	await j.step('and back to the usual look', async () => {
		await j.submit(page.locator('footer button[value=thuong]'));
		await j.submit(page.locator('footer button[value=sang]'));
		same(await root('data-view'), null);
		same(await root('data-theme'), null);
		same((await page.context().cookies()).filter((c) => c.name.startsWith('td_')).length, 0, 'cookies left');
	});
	await j.step('the way back never leaves this site', async () => {
		for (const back of ['//example.com/x', '/\\example.com', 'https://example.com/', '/x y', '']) {
			const answer = await page.request.post('/hien-thi', { form: { nen: 'sang', ve: back }, maxRedirects: 0 });
			same([answer.status(), answer.headers().location].join(' '), '303 /', back);
		}
	});
}

// A citizen with a small phone answers the form of a desk.
async function survey(j) {
	const { page } = j;
	await page.setViewportSize({ width: 360, height: 740 });
	const go = () => j.submit(page.locator('button[value=toi]'));
	const tick = (item, value) => page.locator(`input[name="${item}"][value="${value}"]`).check({ force: true });
	await j.step('the form of a desk says whose it is', async () => {
		await j.goto('/khao-sat/mot-cua-2026?noi=quay-2');
		holds(await j.text('.sv__top'), 'xã An Bình', 'không ghi tên');
		none(await overflow(page), 'wider than the screen');
	});
	await j.step('an empty step is told with the questions that lack an answer', async () => {
		page.expects = 422;
		await go();
		holds(await j.text('[role=alert]'), 'Câu 1', 'Câu 2');
		page.faults.length = 0;
	});
	await j.step('a late dossier brings up two further questions, without blame', async () => {
		await tick('A1', 1);
		await tick('A2', 3);
		await go();
		holds(await j.text('[role=status]'), 'thêm câu hỏi');
		same(await page.locator('[role=alert]').count(), 0, 'errors');
		await tick('A3', 2);
		await tick('A4', 2);
		await go();
	});
	await j.step('faces are large enough for a thumb', async () => {
		const box = await page.locator('.faces .fc').first().boundingBox();
		that(box.width >= 60 && box.height >= 90, `${box.width} × ${box.height}`);
		none(await overflow(page), 'wider than the screen');
		await tick('B1', 4);
		await tick('B2', 9);
		await go();
	});
	await j.step('going back keeps what was answered', async () => {
		await j.submit(page.locator('button[value=lui]'));
		that(await page.locator('input[name=B1][value="4"]').isChecked(), 'B1 is lost');
		await go();
		for (const item of ['B3', 'B4', 'B5'])
			await tick(item, 5);
		await go();
	});
	await j.step('sent, and thanked', async () => {
		await tick('B6', 4);
		await tick('C1', 'cho');
		await page.locator('textarea[name=C2]').fill('Cán bộ nhiệt tình & nhanh');
		await go();
		holds(await j.text('h1'), 'Cảm ơn');
		holds(page.url(), '/cam-on');
	});
	await j.step('a closed survey says since when', async () => {
		await j.goto('/khao-sat/sipas-ho-2025');
		holds(await j.text('main'), 'kết thúc ngày 15/11/2025');
	});
}

const ALL = { 'Thanh Hóa': thanhHoa, 'Đắk Lắk': dakLak, 'filters': filters, 'comparison': comparison, 'sheet': sheet, 'languages': english, 'lost': lost, 'phone': phone, 'help': help, 'display': display, 'survey': survey };

export async function journeys({ browser, address, name, javaScript = true }) {
	for (const [title, body] of Object.entries(ALL)) {
		if (!wanted(`${name}, ${title}`))
			continue; // a journey is made as a whole or not at all
		const context = await openContext(browser, address, { javaScript });
		const page = await openPage(context, address);
		await body(new Journey(page, address, `${name}, ${title}`, javaScript));
		await context.close();
	}
}
