"""Where in the HTML a template stands: decides how a value is escaped and refuses what the content security policy would refuse."""
import re

from ui_view import Bad

URL_ATTRS = {"href", "src", "action", "formaction", "poster", "cite", "xlink:href", "data",
             "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-push-url", "hx-replace-url"}
FORBIDDEN_ATTRS = {"style", "srcdoc", "srcset", "hx-on", "hx-vals", "hx-vars"}
TAG_STATES = ("tag", "tag_end")
URL_MARK, DYNAMIC_MARK = "\x01", "\x02"


class Html:
    """A small state machine: text, open (a tag's name), tag, tag_end (a space or > must follow), attr, eq, value."""

    def __init__(self):
        self.state, self.name, self.attr, self.value, self.attrs = "text", "", "", "", {}
        self.inside = None  # pre, textarea, title or script
        self.links = []     # (path with * for dynamic parts, where)

    def mark(self):
        if self.state == "text":
            return ("text", self.inside)
        return ("tag" if self.state in TAG_STATES else self.state, self.name, self.attr if self.state == "value" else "", self.inside)

    def keep(self):
        return (self.state, self.name, self.attr, self.value, dict(self.attrs), self.inside)

    def restore(self, kept):
        self.state, self.name, self.attr, self.value, attrs, self.inside = kept
        self.attrs = dict(attrs)

    def pause(self, where):
        """Before and behind a section: what is begun without an end by a space is ended."""
        if self.state == "open":
            if self.name in ("", "/"):
                raise Bad(where, "a section cannot stand inside the name of a tag")
            self.state = "tag_end"
        elif self.state == "attr":
            self.end_attr(where)
            self.state = "tag_end"
        elif self.state == "eq":
            raise Bad(where, 'values of attributes stand in double quotes, with sections inside the quotes')

    def feed(self, text, where):
        for ch in text:
            getattr(self, "in_" + self.state)(ch, where)

    def in_text(self, ch, where):
        if ch == "<":
            self.state, self.name, self.attrs = "open", "", {}
        elif self.inside == "script" and not ch.isspace():
            raise Bad(where, "no inline script (content security policy): put it into ui/js")

    def in_open(self, ch, where):
        if ch.isspace():
            self.begin_tag(where)
            self.state = "tag"
        elif ch == ">":
            self.begin_tag(where)
            self.end_tag(where)
        elif ch.isalnum() or ch in "/!-:":
            self.name += ch.lower()
            if self.name.startswith("!-"):
                raise Bad(where, "HTML comments go to the reader; write {{! comment }}")
        else:
            raise Bad(where, f"a < in text is written &lt; (found <{self.name}{ch})")

    def begin_tag(self, where):
        if self.name in ("", "/"):
            raise Bad(where, "a < in text is written &lt;")
        if self.name == "style":
            raise Bad(where, "no style element (content security policy): put it into ui/css")

    def in_tag(self, ch, where):
        if ch == ">":
            self.end_tag(where)
        elif not ch.isspace() and ch != "/":
            self.state, self.attr = "attr", ch.lower()

    def in_tag_end(self, ch, where):
        if not ch.isspace() and ch not in "/>":
            raise Bad(where, f"a space is missing before “{ch}” in <{self.name}>")
        self.state = "tag"
        self.in_tag(ch, where)

    def in_attr(self, ch, where):
        if ch == "=":
            self.check_name(where)
            self.state = "eq"
        elif ch.isspace() or ch in "/>":
            self.end_attr(where)
            self.state = "tag"
            self.in_tag(ch, where)
        else:
            self.attr += ch.lower()

    def in_eq(self, ch, where):
        if ch != '"':
            raise Bad(where, f'the value of {self.attr} must stand in double quotes')
        self.state, self.value = "value", ""

    def in_value(self, ch, where):
        if ch != '"':
            self.value += ch
            return
        self.check_value(where)
        self.attrs[self.attr] = self.value
        self.attr, self.state = "", "tag_end"

    def end_attr(self, where):
        self.check_name(where)
        self.attrs[self.attr] = ""
        self.attr = ""

    def check_name(self, where):
        if self.attr in FORBIDDEN_ATTRS or re.match(r"on[a-z]", self.attr) or self.attr.startswith("hx-on"):
            raise Bad(where, f"{self.attr}= is refused by the content security policy (draw with SVG geometry or classes; scripts in ui/js)")

    def check_value(self, where):
        if self.attr not in URL_ATTRS:
            return
        if re.match(r"/(?!/)", self.value):
            raise Bad(where, f"a path of this server is written {{{{url:{self.value}}}}}, so that it keeps the language")
        if re.match(r"\s*(javascript|data|vbscript):", self.value, re.I):
            raise Bad(where, f"this URL would run code: {self.value}")
        if self.value.startswith(URL_MARK):
            path = re.split(r"[?#]", self.value[1:])[0]
            self.links.append((path.replace(DYNAMIC_MARK, "*"), where))

    def end_tag(self, where):
        name = self.name
        self.state = "text"
        if name == "script" and not self.attrs.get("src"):
            raise Bad(where, "no inline script (content security policy): <script src=…> with a file of ui/js")
        if name in ("script", "pre", "textarea", "title"):
            self.inside = name
        elif name.startswith("/") and name[1:] == self.inside:
            self.inside = None

    def in_url(self):
        return self.state == "value" and self.attr in URL_ATTRS

    def dynamic(self, where):
        """A value is written here. Says how: text, attr, url (a whole one) or segment (a piece of one)."""
        if self.state == "text":
            if self.inside == "script":
                raise Bad(where, "no values inside a script element")
            return "text"
        if self.state != "value":
            raise Bad(where, "a value can stand in text or inside the quotes of an attribute, not in a tag (use a section)")
        if not self.in_url():
            return "attr"
        first = not self.value
        self.value += DYNAMIC_MARK
        return "url" if first else "segment"
