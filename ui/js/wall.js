// Wall screen: the next row of panels every 30 seconds; after the last one the page is asked for anew and begins again. A key, a touch or
// the wheel stops it for good. Without this script the page is the same, only still.
(() => {
	const EVERY = 30000;
	const note = document.querySelector('[data-wall]');
	const rows = () => {
		const tops = [0];
		for (const p of document.querySelectorAll('main .panel')) {
			const top = Math.round(p.getBoundingClientRect().top + scrollY) - 16;
			if (top > tops[tops.length - 1] + innerHeight / 3)
				tops.push(top);
		}
		const end = document.documentElement.scrollHeight - innerHeight;
		return tops.filter((top, i) => i === 0 || tops[i - 1] < end);
	};
	const again = () => fetch(location.href, { method: 'HEAD' }).then((r) => r.ok && location.reload(), () => scrollTo(0, 0));
	const step = () => {
		const next = rows().find((top) => top > scrollY + 1 && scrollY < document.documentElement.scrollHeight - innerHeight - 1);
		if (next)
			scrollTo(0, next);
		else
			again();
	};
	const timer = setInterval(step, EVERY);
	const stop = () => {
		clearInterval(timer);
		for (const part of note?.children ?? [])
			part.hidden = !part.hidden;
		for (const kind of ['keydown', 'pointerdown', 'wheel'])
			removeEventListener(kind, stop);
	};
	for (const kind of ['keydown', 'pointerdown', 'wheel'])
		addEventListener(kind, stop, { passive: true });
	if (note)
		note.hidden = false;
})();
