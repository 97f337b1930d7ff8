/* survey_form: a form of a survey as people fill it in, step by step: a section each, at a screen at a desk a question each. No JavaScript, no
 * cookie, nothing kept on the server: what was answered in earlier steps travels in hidden fields. A form has a random key from its beginning,
 * so that one sent twice is stored once. Whose hands it is in (struct form_use) says where it stands and what becomes of it. */
#ifndef WEB_SURVEY_FORM_H
#define WEB_SURVEY_FORM_H
#include "app/response.h"
#include "app/survey.h"
#include "web/web.h"

struct view_survey;
struct sitting;
struct step;

struct form_use {
	/* Address of the form; v: what else the head of the page says of this use. */
	str (*head)(struct sitting *t, struct view_survey *v);
	/* What the store must know beside the answers; NULL: nothing is stored. */
	void (*submission)(const struct sitting *t, struct submission *in);
	/* It is stored, or (enough) the cell of the respondent was full. */
	void (*done)(struct sitting *t, bool enough);
	bool interviewer; /* has it in hand, of one whom the sample chose */
};

struct sitting {
	struct web_cx *w;
	const struct form_use *use;
	const void *of; /* for the use */
	struct survey_info s;
	struct survey_place at;
	str where, token, key, begun;
	bool kiosk, qr;
	struct given *given; /* by item */
	struct answer *answers;
	struct step *steps;
	int n_steps;
};

/* After the survey was looked for (e). False: answered already, with an error or with a page that says why it takes nothing. */
bool form_open(struct sitting *t, enum err e);
void form_begin(struct sitting *t); /* the same without a look at the survey */
void form_first(struct sitting *t); /* answers with the first step */
void form_take(struct sitting *t);  /* answers a step that was sent */
void form_closed(struct sitting *t, str why);
void form_head(struct sitting *t, struct view_survey *v);
/* After so many seconds a screen at a desk opens the path. */
void form_go_back(struct web_cx *w, int seconds, str path);
int form_number_of(const questionnaire *q, int32_t item);

#define KEY_IN \
	{ \
		"khoa", IN_TEXT, .required = true, .min = RESPONSE_KEY, .max = RESPONSE_KEY, \
				 .doc = { "khóa ngẫu nhiên của phiếu: gửi lại cùng khóa thì phiếu chỉ được ghi một lần", \
					 "random key of the form: sent again with the same key it is stored once" } \
	}
#define BEGUN_IN \
	{ \
		"luc", IN_TEXT, .max = STAMP_TEXT, \
				.doc = { "dấu thời điểm mở phiếu, do máy chủ tạo", \
					"stamp of when the form was opened, made by the server" } \
	}
#define STEP_IN \
	{ \
		"buoc", IN_INT, .required = true, .min = 1, .max = QUESTIONNAIRE_MAX_ROWS, .doc = { "bước", "step" } \
	}
#define MOVE_IN \
	{ \
		"di", IN_ENUM, .values = "lui toi", .def = "toi", .doc = { "lui hoặc toi", "back (lui) or on (toi)" } \
	}

#endif
