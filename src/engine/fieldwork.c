#include "engine/fieldwork.h"
#include <math.h>
#include <stdlib.h>

const char *const outcome_words[OUTCOMES] = { "I", "P", "R", "NC", "O", "UH", "UO", "NE" };
const char *const field_rate_names[FIELD_RATES] = { "RR1", "RR2", "RR3", "RR4", "RR5", "RR6", "COOP1", "COOP2", "COOP3", "COOP4", "REF1", "REF2", "REF3",
	"CON1", "CON2", "CON3" };

double field_rates(const double n[OUTCOMES], double e, double out[FIELD_RATES])
{
	double I = n[OUTCOME_I], P = n[OUTCOME_P], R = n[OUTCOME_R], O = n[OUTCOME_O], NC = n[OUTCOME_NC];
	double known = I + P + R + NC + O, unknown = n[OUTCOME_UH] + n[OUTCOME_UO], met = I + P + R + O;
	double eligible = isnan(e) ? known / (known + n[OUTCOME_NE]) : e;
	/* nothing is unknown: its share does not matter */
	double some = unknown == 0 ? 0 : eligible * unknown;
	const double rates[FIELD_RATES] = { I / (known + unknown), (I + P) / (known + unknown), I / (known + some), (I + P) / (known + some), I / known,
		(I + P) / known, I / met, (I + P) / met, I / (met - O), (I + P) / (met - O), R / (known + unknown), R / (known + some), R / known,
		met / (met + NC + unknown), met / (met + NC + some), met / (met + NC) };
	for (int k = 0; k < FIELD_RATES; k++)
		out[k] = isfinite(rates[k]) ? rates[k] : (double)NAN;
	return eligible;
}

int64_t field_seconds(int64_t seconds)
{
	static const struct {
		int64_t below, step;
	} bands[] = { { 120, 15 }, { 300, 30 }, { 600, 60 }, { 1800, 300 } };
	for (size_t i = 0; i < sizeof bands / sizeof *bands; i++)
		if (seconds < bands[i].below) {
			int64_t band = seconds / bands[i].step * bands[i].step;
			return seconds <= 0 ? 0 : band ? band : 1;
		}
	return 1800;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

double field_median(int64_t *seconds, size_t n)
{
	qsort(seconds, n, sizeof *seconds, by_size);
	return (double)(seconds[(n - 1) / 2] + seconds[n / 2]) / 2;
}

void field_agreement(const uint32_t *first, const uint32_t *second, size_t n, uint32_t classes, arena *scratch, struct agreement *out)
{
	size_t K = classes;
	double *p = NEW_ARRAY(scratch, double, K * K + 1), *row = NEW_ARRAY(scratch, double, K + 1), *column = NEW_ARRAY(scratch, double, K + 1);
	double po = 0, pe = 0, a = 0, b = 0;
	for (size_t i = 0; i < n; i++)
		p[first[i] * K + second[i]]++;
	for (size_t i = 0; i < K * K; i++)
		p[i] /= (double)n;
	for (size_t i = 0; i < K; i++)
		for (size_t j = 0; j < K; j++) {
			row[i] += p[i * K + j];
			column[j] += p[i * K + j];
			po += i == j ? p[i * K + j] : 0;
		}
	for (size_t i = 0; i < K; i++)
		pe += row[i] * column[i];
	double kappa = 1 - pe > 1e-12 ? (po - pe) / (1 - pe) : (double)NAN;
	for (size_t i = 0; i < K; i++)
		for (size_t j = 0; j < K; j++) {
			double x = i == j ? 1 - (row[i] + column[i]) * (1 - kappa) : column[i] + row[j];
			*(i == j ? &a : &b) += p[i * K + j] * x * x;
		}
	double c = kappa - pe * (1 - kappa), v = (a + (1 - kappa) * (1 - kappa) * b - c * c) / ((1 - pe) * (1 - pe) * (double)n);
	*out = (struct agreement){ .n = n, .agree = n ? po : (double)NAN, .expected = n ? pe : (double)NAN, .kappa = n ? kappa : (double)NAN,
		.se = n && v >= 0 ? sqrt(v) : (double)NAN };
}
