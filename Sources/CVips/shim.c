// libvips' functions take lists of options of any length, which Swift cannot call. They are looked up by name when they
// are first needed; their forms are those that libvips.so.42 keeps since 8.13.

#include "CVips.h"

#include <dlfcn.h>
#include <pthread.h>

typedef struct VipsImage VipsImage;

// VIPS_SIZE_DOWN: make it smaller, never larger.
static const int size_down = 2;

static struct {
    int (*init)(const char *);
    void (*operation_block_set)(const char *, int);
    void (*concurrency_set)(int);
    void (*cache_set_max)(int);
    int (*thumbnail_buffer)(void *, size_t, VipsImage **, int, ...);
    int (*image_remove)(VipsImage *, const char *);
    int (*webpsave_buffer)(VipsImage *, void **, size_t *, ...);
    void (*error_clear)(void);
    void (*object_unref)(void *);
    void (*free)(void *);
} vips;

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static int is_open = 0;

static int find(void *library, const char *name, void *function) {
    void *found = dlsym(library, name);
    *(void **)function = found;
    return found != NULL;
}

static void *open_library(void) {
    const char *names[] = {"libvips.so.42", "libvips.42.dylib"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
    }
    return NULL;
}

static void open_once(void) {
    void *library = open_library();
    if (!library) return;
    // The last two are GLib's, which dlsym finds because libvips depends on it.
    if (!find(library, "vips_init", &vips.init)
        || !find(library, "vips_operation_block_set", &vips.operation_block_set)
        || !find(library, "vips_concurrency_set", &vips.concurrency_set)
        || !find(library, "vips_cache_set_max", &vips.cache_set_max)
        || !find(library, "vips_thumbnail_buffer", &vips.thumbnail_buffer)
        || !find(library, "vips_image_remove", &vips.image_remove)
        || !find(library, "vips_webpsave_buffer", &vips.webpsave_buffer)
        || !find(library, "vips_error_clear", &vips.error_clear)
        || !find(library, "g_object_unref", &vips.object_unref)
        || !find(library, "g_free", &vips.free))
        return;
    if (vips.init("daybook")) return;
    // There are readers for some forty formats; four of them meet what comes from outside.
    vips.operation_block_set("VipsForeignLoad", 1);
    vips.operation_block_set("VipsForeignLoadPng", 0);
    vips.operation_block_set("VipsForeignLoadJpeg", 0);
    vips.operation_block_set("VipsForeignLoadWebp", 0);
    vips.operation_block_set("VipsForeignLoadNsgif", 0);
    vips.concurrency_set(1);
    vips.cache_set_max(0);
    is_open = 1;
}

enum daybook_vips_result daybook_vips_thumbnail(
    const void *bytes, size_t count, int side, void **out, size_t *out_count) {
    pthread_once(&opened, open_once);
    if (!is_open) return DAYBOOK_VIPS_MISSING;
    VipsImage *image = NULL;
    // The option that the reader gets also when libvips forgets to pass "fail_on" on, as 8.14 does.
    int failed = vips.thumbnail_buffer(
        (void *)bytes, count, &image, side, "height", side, "size", size_down, "export_profile", "srgb",
        "option_string", "fail_on=error", NULL);
    // A picture without a profile is taken for sRGB, which it is by now; the profile would be the larger part of it.
    if (!failed) vips.image_remove(image, "icc-profile-data");
    // The pixels are decoded here, row by row.
    if (!failed) failed = vips.webpsave_buffer(image, out, out_count, "Q", 80, NULL);
    if (image) vips.object_unref(image);
    vips.error_clear();
    return failed ? DAYBOOK_VIPS_DAMAGED : DAYBOOK_VIPS_DONE;
}

void daybook_vips_free(void *bytes) {
    if (is_open) vips.free(bytes);
}
