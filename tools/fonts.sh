#!/bin/sh
# fonts.sh: makes the fonts in ui/fonts anew from the npm packages pinned in ui/package.json. Not part of the build: the fonts are in the
# tree. Needs npm, and Debian's python3-fonttools and python3-brotli.
set -eu
cd "$(dirname "$0")/.."
npm ci --prefix ui --ignore-scripts --no-audit --no-fund
from=ui/node_modules/@fontsource
for weight in 400 600; do
	for subset in latin latin-ext vietnamese; do
		cp "$from/be-vietnam-pro/files/be-vietnam-pro-$subset-$weight-normal.woff2" "ui/fonts/be-vietnam-pro-$subset-$weight.woff2"
	done
	# The digits alone, with their common width: Be Vietnam Pro has none.
	/usr/bin/python3 -m fontTools.subset "$from/inter/files/inter-latin-$weight-normal.woff2" --unicodes=U+30-39 --layout-features=tnum,kern \
		--flavor=woff2 --output-file="ui/fonts/thuoc-so-$weight.woff2"
done
cp "$from/be-vietnam-pro/LICENSE" ui/fonts/be-vietnam-pro.LICENSE
cp "$from/inter/LICENSE" ui/fonts/inter.LICENSE
chmod 644 ui/fonts/*
