#include <libxml/xmlversion.h>
// Debian's libxml2 is built with ICU, and its header would bring in ICU's, of another version than Foundation's. Nothing
// that is used here has ICU's types in it.
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
