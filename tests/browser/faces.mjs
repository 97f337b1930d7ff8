// The other faces of each kind of page: JSON and CSV parse, and say what the page says.
import { face, get, kindsOfPages } from './site.mjs';
import { check, none, same, that } from './tap.mjs';

// One address of each kind; a new kind of page needs a line here.
export const SAMPLES = {
	'/': ['/'],
	'/tim': ['/tim?q=thanh+hoa', '/tim?q=tan&trang=2', '/tim'],
	'/chi-so': ['/chi-so'],
	'/chi-so/{index}': [],
	'/chi-so/{index}/{year}': ['/chi-so/par-index/2019', '/chi-so/papi/2019?chuoi=D5', '/chi-so/papi/2011?dia-gioi=34', '/chi-so/pci/2024'],
	'/don-vi/{unit}': ['/don-vi/38.thanh-hoa', '/don-vi/66.dak-lak?nam=2019', '/don-vi/tm.tinh-mau'],
	'/so-sanh': ['/so-sanh', '/so-sanh?chi-so=papi&a=38.thanh-hoa&b=48.da-nang'],
	'/ket-qua': ['/ket-qua'],
	'/ket-qua/luu-tru': ['/ket-qua/luu-tru'],
	'/ket-qua/{round}': ['/ket-qua/cap-tinh-2024', '/ket-qua/so-nganh-2025'],
	'/ket-qua/{round}/{unit}': ['/ket-qua/cap-tinh-2024/tm.tinh-mau', '/ket-qua/cap-tinh-2024/tm.tinh-mau?mo=3,3.4,3.4.1', '/ket-qua/cap-tinh-2024/tm.tinh-mau?xem=mat'],
	'/khao-sat': ['/khao-sat'],
	'/khao-sat/{survey}': ['/khao-sat/mot-cua-2026', '/khao-sat/mot-cua-2026?noi=quay-2', '/khao-sat/mot-cua-2026?noi=quay-2&quay=1', '/khao-sat/sipas-ho-2025'],
	'/khao-sat/{survey}/ket-qua': ['/khao-sat/mot-cua-2026/ket-qua?loc=A2%3D3&chia=noi&cau=A3', '/khao-sat/sipas-ho-2025/ket-qua?chia=tang', '/khao-sat/lanh-dao-2025/ket-qua'],
	'/khao-sat/{survey}/cong-bo': ['/khao-sat/sipas-ho-2025/cong-bo', '/khao-sat/mot-cua-2026/cong-bo?lan=1'],
	'/khao-sat/{survey}/mau': ['/khao-sat/ho-2026/mau', '/khao-sat/sipas-ho-2025/mau?sai-so=0.02&rho=0.05&cp-cum=500.000&cp-nguoi=50.000', '/khao-sat/ho-2026/mau?mien=X%C3%A3%20A%3B1.000%0AX%C3%A3%20B%3B200.000%3B0%2C8'],
	'/khao-sat/{survey}/mau/danh-sach': [],
	'/khao-sat/{survey}/chat-luong/phieu': ['/khao-sat/mot-cua-2026/chat-luong/phieu', '/khao-sat/mot-cua-2026/chat-luong/phieu?dau=straight'],
	'/khao-sat/{survey}/mau/dan-mau': [],
	'/khao-sat/{survey}/chat-luong': ['/khao-sat/sipas-ho-2025/chat-luong', '/khao-sat/mot-cua-2026/chat-luong'],
	'/khao-sat/{survey}/cam-on': ['/khao-sat/mot-cua-2026/cam-on', '/khao-sat/mot-cua-2026/cam-on?noi=quay-2'],
	'/khao-sat/{survey}/du-lieu': [],
	'/phieu/{token}': [],
	'/bo-tieu-chi': ['/bo-tieu-chi'],
	'/bo-tieu-chi/so-sanh': ['/bo-tieu-chi/so-sanh'],
	'/bo-tieu-chi/{edition}': ['/bo-tieu-chi/par-index-minh-hoa', '/bo-tieu-chi/par-index-minh-hoa?mo=3,3.4,3.4.1'],
	'/cong-viec/{job}': [],
	'/tep/{id}': [],
	'/tep/{id}/thong-tin': [],
	'/dang-nhap': ['/dang-nhap'],
	'/dang-nhap/ma': [],
	'/dat-mat-khau/{token}': [],
	'/quen-mat-khau': ['/quen-mat-khau'],
	'/cai-dat': [],
	'/dang-nhap/mot-lan': [],
	'/dang-nhap/quay-ve': [],
	'/thong-bao': [],
	'/thong-bao/lua-chon': [],
	'/thong-bao/thu-di': [],
	'/huong-dan': ['/huong-dan'],
	'/huong-dan/{page}': ['/huong-dan/tong-quan'],
	'/huong-dan/tai-lieu/{guide}': ['/huong-dan/tai-lieu/can-bo-don-vi'],
};

// Rows of fields. Quotes as RFC 4180 has them; anything else throws.
export function parseCsv(text) {
	const rows = [];
	let row = [];
	let at = 0;
	while (at < text.length) {
		let field = '';
		if (text[at] === '"') {
			for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
				that(at < text.length, 'a quote is not closed');
				if (text[at] === '"')
					at++;
				field += text[at];
			}
			at++;
		} else {
			const end = /[,\r\n]|$/.exec(text.slice(at)).index;
			field = text.slice(at, at + end);
			that(!field.includes('"'), `a quote in the middle: ${field}`);
			at += end;
		}
		row.push(field);
		if (text[at] === ',') {
			at++;
			if (at < text.length)
				continue;
			row.push('');
		}
		if (at < text.length) {
			same(text.slice(at, at + 2), '\r\n', 'end of a line');
			at += 2;
		}
		rows.push(row);
		row = [];
	}
	return rows;
}

async function json(address, path) {
	const answer = await get(face(address + path, '.json'));
	same(answer.status, 200, 'status');
	same(answer.headers.get('content-type'), 'application/json; charset=utf-8');
	const v = await answer.json();
	same(v.version, 1, 'version');
	that(v.data && typeof v.data === 'object' && Object.keys(v.data).length, 'no data');
	const byAccept = await (await get(address + path, { Accept: 'application/json' })).json();
	for (const x of [byAccept.data, v.data])
		if (x.key)
			x.key = 'made anew for each form';
	same(JSON.stringify(byAccept), JSON.stringify(v), 'by Accept');
	return v.data;
}

async function csv(address, path) {
	const answer = await get(face(address + path, '.csv'));
	same(answer.status, 200, 'status');
	same(answer.headers.get('content-type'), 'text/csv; charset=utf-8; header=present');
	const bytes = new Uint8Array(await answer.arrayBuffer());
	same([...bytes.slice(0, 3)].join(), '239,187,191', 'byte order mark, for spreadsheets');
	const rows = parseCsv(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
	that(rows.length > 0, 'no row');
	none(rows.filter((r) => r.length !== rows[0].length).map((r) => r.join('|')), `rows without ${rows[0].length} fields`);
	same(new Set(rows[0]).size, rows[0].length, 'different names of columns');
	none(rows.slice(1).flat().filter((f) => /^[=@\t]/.test(f)), 'fields that a spreadsheet would run');
	return rows;
}

export async function faces({ address }) {
	const kinds = await kindsOfPages(address);
	await check('faces: each kind of page has a sample here', () => none(kinds.map((k) => k.path).filter((p) => !(p in SAMPLES)), 'without sample'));
	for (const kind of kinds)
		for (const path of SAMPLES[kind.path] || [])
			for (const prefix of ['', '/en']) {
				const at = prefix + (prefix && path === '/' ? '' : path);
				let data;
				if (kind.json)
					await check(`faces: JSON of ${at}`, async () => (data = await json(address, at)));
				if (kind.csv)
					await check(`faces: CSV of ${at}`, async () => {
						const rows = await csv(address, at);
						const lists = Object.values(data || {}).filter(Array.isArray).map((l) => l.length);
						that(!data || lists.includes(rows.length - 1), `${rows.length - 1} rows; the lists of the JSON have ${lists}`);
					});
				else
					await check(`faces: no CSV of ${at}`, async () => same((await get(face(address + at, '.csv'))).status, 404, 'status'));
			}
	await check('faces: figures of Thanh Hóa as data', async () => {
		const points = (await json(address, '/don-vi/38.thanh-hoa')).points;
		const at = (index, year) => points.find((p) => p.index === index && p.year === year);
		same(JSON.stringify([at('PAR INDEX', 2019).score, at('PAR INDEX', 2019).rank, at('PAR INDEX', 2018).rank]), '[80.15,43,57]');
		same(JSON.stringify([at('SIPAS', 2019).score, at('SIPAS', 2019).rank, at('SIPAS', 2018).rank]), '[86.33,23,18]');
		none(points.filter((p) => !p.source || !p.publisher || !p.status), 'figures without source, publisher or status');
	});
}
