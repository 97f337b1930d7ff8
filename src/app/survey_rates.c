#include "app/survey_rates.h"
#include "db/survey_case.h"

/* Codes of the Standard Definitions for a sample of named persons, dossiers or households, as by telephone. */
const struct case_disposition case_dispositions[CASE_OUTCOMES] = {
	[CASE_NEW] = { "3.11", OUTCOME_UH },
	[CASE_NO_ANSWER] = { "3.13", OUTCOME_UH },
	[CASE_BUSY] = { "3.12", OUTCOME_UH },
	[CASE_APPOINTMENT] = { "2.21", OUTCOME_NC },
	[CASE_REFUSED] = { "2.11", OUTCOME_R },
	[CASE_UNREACHABLE] = { "3.90", OUTCOME_UO },
	[CASE_NO_CONTACT] = { "2.20", OUTCOME_NC },
	[CASE_INELIGIBLE] = { "4.70", OUTCOME_NE },
	[CASE_COMPLETED] = { "1.1", OUTCOME_I },
	[CASE_QUOTA_FULL] = { "4.80", OUTCOME_NE },
};

enum err survey_rates_of(cx *c, struct app *a, const struct survey_info *s, double e, struct survey_rates *out)
{
	DB_READER(k);
	db_case_sum_list sums = { 0 };
	*out = (struct survey_rates){ 0 };
	enum err bad = db_reader(c, a->db, &k);
	if (!bad)
		bad = db_case_sums(c, k, s->id, &sums);
	for (size_t i = 0; i < sums.n; i++) {
		enum case_outcome o = CASE_NEW;
		case_outcome_read(sums.p[i].outcome, &o);
		out->n[o] += sums.p[i].cases;
		out->cases += sums.p[i].cases;
		out->sum[case_dispositions[o].counts] += (double)sums.p[i].cases;
	}
	out->e = field_rates(out->sum, e, out->rate);
	return bad;
}
