// Twenty items on a phone of 360 pixels, without JavaScript: by touch, by keyboard, and as a screen reader is told of them.
//
// The time is a model, not a measurement of people: everything that stands on a page is read at 200 words a minute (the words of a list of options
// once a page), a tap takes 1.1 s, a key 0.5 s, a letter typed on a phone 0.5 s, and each page as long as it took here.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { axeFindings, openContext, openPage, overflow } from './browser.mjs';
import { check, none, note, same, that, wanted } from './tap.mjs';

const SMALL = { width: 360, height: 740 };
const FORM = '/khao-sat/hai-muoi?noi=q1&qr=1';
const READ_S = 60 / 200, TAP_S = 1.1, KEY_S = 0.5, MOST_S = 180;

const SCALE = ['1,hl,option,Rất không hài lòng', '2,hl,option,Không hài lòng', '3,hl,option,Bình thường', '4,hl,option,Hài lòng,,,,good', '5,hl,option,Rất hài lòng,,,,good'];
const ITEMS = ['S1,,section,Hồ sơ của ông bà', 'A1,S1,single,Ông bà nộp hồ sơ bằng cách nào?,cach,yes', 'A2,S1,single,Ông bà đi lại mấy lần?,lan,yes', 'A3,S1,single,Kết quả có đúng hẹn không?,co,yes',
	'A4,S1,number,Ông bà chờ bao nhiêu phút?,,yes',
	'S2,,section,Nơi tiếp nhận', ...['Chỉ dẫn dễ thấy', 'Ghế ngồi đủ', 'Nơi chờ sạch sẽ', 'Máy lấy số dễ dùng'].map((t, i) => `B${i + 1},S2,scale,${t},hl,yes`),
	'S3,,section,Người tiếp nhận', ...['Chào hỏi lịch sự', 'Lắng nghe', 'Giải thích dễ hiểu', 'Không đòi thêm giấy tờ', 'Giải quyết nhanh'].map((t, i) => `C${i + 1},S3,scale,${t},hl,yes`),
	'S4,,section,Kết quả', ...['Thông tin chính xác', 'Đúng yêu cầu', 'Phí đúng niêm yết', 'Nhận kết quả thuận tiện'].map((t, i) => `D${i + 1},S4,scale,${t},hl,yes`),
	'S5,,section,Ý kiến thêm', 'E1,S5,multiple,Điều gì cần cải thiện trước?,mon,yes', 'E2,S5,single,Ông bà có giới thiệu cho người khác không?,co,yes', 'E3,S5,text,Góp ý thêm'];

export function prepare(thuocdo, folder) {
	const file = (name, lines) => {
		writeFileSync(join(folder, name), lines.join('\n') + '\n');
		return join(folder, name);
	};
	thuocdo('init', '--bare');
	thuocdo('import', 'questionnaire', file('q.csv', ['code,parent,kind,text_vi,list,required,show_if,means', '@name,,,Phiếu hai mươi câu (minh họa)', 'hl,,list', ...SCALE,
		'cach,,list', 'truc-tiep,cach,option,Đến trực tiếp', 'mang,cach,option,Qua mạng', 'buu-dien,cach,option,Qua bưu điện', 'lan,,list', '1,lan,option,Một lần', '2,lan,option,Hai lần', '3,lan,option,Ba lần trở lên',
		'co,,list', '1,co,option,Có', '2,co,option,Không', 'mon,,list', 'giay,mon,option,Bớt giấy tờ', 'cho,mon,option,Bớt chờ đợi', 'mang,mon,option,Nộp qua mạng dễ hơn', ...ITEMS]), '--code', 'hai-muoi');
	thuocdo('import', 'surveys', file('s.csv', ['code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,illustrative',
		'hai-muoi,hai-muoi,Hai mươi câu (minh họa),Twenty items,2026,self_selected,open,open,2026-01-01,,yes']));
	thuocdo('import', 'places', file('p.csv', ['survey,code,name_vi,name_en', 'hai-muoi,q1,Quầy số 1,Desk 1']));
}

const words = (text) => text.split(/\s+/).filter((w) => /[\p{L}\p{N}]/u.test(w)).length;

// What there is to read on a page: all of its words, those of the same options once.
async function reading(page) {
	return page.evaluate(() => {
		const seen = new Set(), out = [document.querySelector('main h1').textContent];
		for (const q of document.querySelectorAll('main fieldset')) {
			out.push(q.querySelector('legend').textContent, ...[...q.querySelectorAll('.note')].map((n) => n.textContent));
			for (const l of q.querySelectorAll('label'))
				if (!seen.has(l.textContent.trim())) {
					seen.add(l.textContent.trim());
					out.push(l.textContent);
				}
		}
		out.push(...[...document.querySelectorAll('main button')].map((b) => b.textContent));
		return out.join(' ');
	});
}

async function loaded(page, act) {
	const from = performance.now();
	await Promise.all([page.waitForEvent('load'), act()]);
	return (performance.now() - from) / 1000;
}

// How the fourth of five, the second of three, or the only field is answered.
async function byTouch(page, sum) {
	for (const q of await page.locator('main fieldset').all()) {
		const labels = await q.locator('label').all();
		sum.items++;
		if (labels.length) {
			await labels[Math.min(labels.length - 1, 3)].tap();
			sum.acts++;
			continue;
		}
		const field = q.locator('input[type=text], textarea');
		if (await field.evaluate((e) => e.tagName) === 'TEXTAREA')
			continue; /* nobody has to write */
		await field.tap();
		await page.keyboard.type('15');
		sum.acts++;
		sum.letters += 2;
	}
	sum.acts++;
	sum.wait += await loaded(page, () => page.locator('main button.btn--main').tap());
}

async function byKeys(page, sum) {
	const press = async (key) => {
		await page.keyboard.press(key);
		sum.acts++;
	};
	sum.items += await page.locator('main fieldset').count();
	for (let i = 0; i < 60; i++) {
		await press('Tab');
		const at = await page.evaluate(() => {
			const e = document.activeElement;
			return { kind: e.type || e.tagName, on: e.value === 'toi', chosen: e.checked || [...document.getElementsByName(e.name || '-')].some((o) => o.checked) };
		});
		if (at.on) {
			sum.acts++;
			sum.wait += await loaded(page, () => page.keyboard.press('Enter'));
			return;
		}
		if ((at.kind === 'radio' || at.kind === 'checkbox') && !at.chosen)
			await press('Space');
		else if (at.kind === 'text') {
			await press('1');
			await press('5');
		}
	}
	throw new Error('the button was not reached');
}

async function whole(page, axe, step) {
	const sum = { items: 0, acts: 0, letters: 0, wait: 0, words: 0, pages: 0 };
	sum.wait += await loaded(page, () => page.goto(FORM));
	while (!page.url().includes('cam-on')) {
		none(await overflow(page), `page ${sum.pages + 1}`);
		if (axe)
			none(await axeFindings(page, axe), `axe, page ${sum.pages + 1}`);
		sum.words += words(await reading(page));
		await step(page, sum);
		that(++sum.pages < 12, 'the form does not end');
	}
	return sum;
}

function told(how, sum, each) {
	const seconds = sum.words * READ_S + sum.acts * each + sum.letters * KEY_S + sum.wait;
	note(`${how}: ${sum.items} items, ${sum.pages} pages, ${sum.acts} ${each === TAP_S ? 'taps' : 'keys'}, ${sum.letters} letters, ${sum.words} words, `
		+ `${sum.wait.toFixed(1)} s of loading: ${seconds.toFixed(0)} s by the model`);
	return seconds;
}

// Nodes of the accessibility tree that are not ignored, by role.
async function tree(page) {
	const session = await page.context().newCDPSession(page);
	const { nodes } = await session.send('Accessibility.getFullAXTree');
	await session.detach();
	const by = new Map(nodes.map((n) => [n.nodeId, n]));
	return { all: nodes.filter((n) => !n.ignored).map((n) => ({ role: n.role?.value, name: n.name?.value ?? '', about: n.description?.value ?? '', id: n.nodeId, up: n.parentId,
		invalid: n.properties?.find((p) => p.name === 'invalid')?.value?.value })), up: (n, role) => {
		for (let at = by.get(n.up); at; at = by.get(at.parentId))
			if (at.role?.value === role)
				return at;
		return null;
	} };
}

export async function phone({ browser, axe, address }) {
	if (!wanted('phone*'))
		return;
	const small = { viewport: SMALL, hasTouch: true, isMobile: true, javaScript: false };
	await check('phone: twenty items by touch at 360 pixels in less than three minutes, without JavaScript', async () => {
		const page = await openPage(await openContext(browser, address, small), address);
		const sum = await whole(page, null, byTouch);
		same(sum.items, 20);
		that(sum.acts <= 20 + sum.pages, `${sum.acts} taps: one an item and one a page is enough`);
		const seconds = told('by touch', sum, TAP_S);
		that(seconds < MOST_S, `${seconds} s`);
		none(page.faults, 'faults of the page');
	});
	await check('phone: the same by keyboard', async () => {
		const page = await openPage(await openContext(browser, address, small), address);
		const sum = await whole(page, null, byKeys);
		same(sum.items, 20);
		const seconds = told('by keyboard', sum, KEY_S);
		that(seconds < MOST_S, `${seconds} s`);
	});
	await check('phone: what is to be touched is large enough, and nothing lies over it', async () => {
		const page = await openPage(await openContext(browser, address, small), address);
		await page.goto(FORM);
		const sizes = await page.locator('main fieldset label, main button').evaluateAll((all) => all.map((e) => e.getBoundingClientRect()).map((r) => [Math.round(r.width), Math.round(r.height)]));
		none(sizes.filter(([w, h]) => w < 44 || h < 44), 'smaller than 44 pixels');
	});
	await check('phone: a screen reader is told of questions, options and faults', async () => {
		const page = await openPage(await openContext(browser, address, { viewport: SMALL, javaScript: false }), address);
		page.expects = 422;
		await page.goto(FORM);
		let t = await tree(page);
		same(t.all.filter((n) => n.role === 'heading').length, 1, 'headings');
		same(t.all.filter((n) => n.role === 'main').length, 1, 'main');
		const radios = t.all.filter((n) => n.role === 'radio');
		same(radios.length, 8, 'radios');
		for (const r of radios) {
			that(r.name.length > 1, 'an option without a name');
			const question = t.up(r, 'group')?.name?.value ?? '';
			that(/^\d+\. .*cần trả lời/.test(question), `an option outside of its question: ${r.name}: ${question}`);
		}
		that(t.all.some((n) => n.role === 'textbox' && n.name.includes('bao nhiêu phút')), 'the field has no name');
		await loaded(page, () => page.locator('main button.btn--main').click());
		t = await tree(page);
		that(t.all.some((n) => n.role === 'alert'), 'no alert');
		const links = await page.locator('.sv__faults a').all();
		same(links.length, 4, 'links to faults');
		for (const link of links) {
			const target = page.locator(await link.getAttribute('href'));
			same(await target.count(), 1, 'target of a fault');
			that((await target.getAttribute('aria-describedby')).startsWith('loi-'), 'a question does not name its fault');
		}
		const groups = t.all.filter((n) => n.role === 'group' && /^\d+\. /.test(n.name));
		same(groups.length, 4, 'groups');
		none(groups.filter((n) => !n.about), 'groups without their fault');
		same(t.all.find((n) => n.role === 'textbox' && n.name.includes('bao nhiêu phút')).invalid, 'true', 'invalid');
		await links[0].focus();
		await page.keyboard.press('Enter');
		await page.keyboard.press('Tab');
		same(await page.evaluate(() => document.activeElement.closest('fieldset')?.id), 'cau-A1', 'where the link leads');
	});
	await check('phone: axe on each page', async () => {
		const page = await openPage(await openContext(browser, address, { viewport: SMALL, hasTouch: true }), address);
		await whole(page, axe, byTouch);
	});
}
