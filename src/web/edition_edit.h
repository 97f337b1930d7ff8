/* edition_edit: the workshop of criteria sets: drafts, their trees and the forms of their rows. */
#ifndef WEB_EDITION_EDIT_H
#define WEB_EDITION_EDIT_H
#include "app/edition_edit.h"
#include "web/web.h"

/* What is wrong at a place, with the name of the column. */
str draft_note(struct web_cx *w, const struct draft_fault *f);
str draft_path(struct web_cx *w, const char *below); /* /bo-tieu-chi/soan/ID… of this request */

#endif
