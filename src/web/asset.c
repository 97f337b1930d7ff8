#include "web/asset.h"

long asset_find(str url)
{
	size_t lo = 0, hi = asset_n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = str_cmp(str_of(asset_table[mid].url), url);
		if (d == 0)
			return (long)mid;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -1;
}
