/* log_line.c - makes a line of a log's oldest record, or of its drops
 * SPDX-License-Identifier: MIT
 */
#include "services/log.h"

#include <string.h>

/* --- a line --------------------------------------------------------------- */

struct line {
    char *at;
    char *end; /* "..." and the end of the line have room behind it */
    bool cut;
};

static const char dots[] = "...";

static struct line line_begin(weft_log_t *log)
{
    struct line line = {log->line, log->line + log->line_size - sizeof(dots),
                        false};

    return line;
}

static void put(struct line *line, char c)
{
    if (line->at < line->end) {
        *line->at++ = c;
    } else {
        line->cut = true;
    }
}

static void line_end(weft_log_t *log, struct line *line, bool cut)
{
    if (line->cut) {
        /* No half character of UTF-8. */
        while (line->at > log->line && (line->at[-1] & 0xc0) == 0x80) {
            line->at--;
        }
        if (line->at > log->line && (line->at[-1] & 0x80) != 0) {
            line->at--;
        }
    }
    if (line->cut || cut) {
        memcpy(line->at, dots, sizeof(dots) - 1);
        line->at += sizeof(dots) - 1;
    }
    *line->at++ = '\n';
    log->length = (uint32_t)(line->at - log->line);
    log->sent = 0;
}

/* --- texts ---------------------------------------------------------------- */

static char hex_digit(unsigned digit)
{
    return (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
}

static void put_escaped(struct line *line, unsigned c)
{
    put(line, '\\');
    switch (c) {
    case '\n': put(line, 'n'); break;
    case '\r': put(line, 'r'); break;
    case '\t': put(line, 't'); break;
    default:
        put(line, 'x');
        put(line, hex_digit(c >> 4));
        put(line, hex_digit(c & 15));
    }
}

/* Whether a text's last bytes, the newest the lowest, are what ends a line, or
 * looks to a terminal like a command: so many of them; 0: they are not. In
 * UTF-8 U+0080 to U+009F are c2 80 to c2 9f, U+2028 and U+2029 e2 80 a8 and
 * e2 80 a9. */
static int control(uint32_t last)
{
    unsigned c = last & 0xff;

    return c < ' ' || c == 127             ? 1
           : (last & 0xffe0) == 0xc280     ? 2
           : (last & 0xfffffe) == 0xe280a8 ? 3
                                           : 0;
}

/* The lowest of them. Where it makes those before it a control character they
 * are taken back. */
static void put_last(struct line *line, uint32_t last)
{
    int size = control(last);

    if (size == 0) {
        put(line, (char)last);
        return;
    }
    if (!line->cut) {
        line->at -= size - 1;
    }
    while (size-- > 0) {
        put_escaped(line, last >> 8 * size & 0xff);
    }
}

static void put_words(struct line *line, const char *words)
{
    uint32_t last = 0;

    for (; *words != 0; words++) {
        last = last << 8 | (unsigned char)*words;
        put_last(line, last);
    }
}

/* --- numbers -------------------------------------------------------------- */

/* The rest. In three steps of 32 bits: chips call a library to divide 64. */
static unsigned divide_by_ten(uint64_t *number)
{
    uint32_t high = (uint32_t)(*number >> 32);
    uint32_t low = (uint32_t)*number;
    uint32_t middle = high % 10 << 16 | low >> 16;
    uint32_t last = middle % 10 << 16 | (low & 0xffff);

    *number =
        (uint64_t)(high / 10) << 32 | (uint64_t)(middle / 10) << 16 | last / 10;
    return last % 10;
}

/* With so many digits behind a point; 0: none. */
static void put_decimal(struct line *line, uint64_t number, unsigned point)
{
    char digits[24];
    unsigned size = 0;
    unsigned count = 0;

    do {
        if (point != 0 && count == point) {
            digits[size++] = '.';
        }
        digits[size++] = (char)('0' + divide_by_ten(&number));
        count++;
    } while (number != 0 || count <= point);
    while (size > 0) {
        put(line, digits[--size]);
    }
}

static void put_hex(struct line *line, uint64_t number)
{
    int shift = 60;

    while (shift > 0 && number >> shift == 0) {
        shift -= 4;
    }
    put_words(line, "0x");
    for (; shift >= 0; shift -= 4) {
        put(line, hex_digit((unsigned)(number >> shift) & 15));
    }
}

static void put_signed(struct line *line, int64_t number, unsigned point)
{
    if (number < 0) {
        put(line, '-');
    }
    put_decimal(line, number < 0 ? 0 - (uint64_t)number : (uint64_t)number,
                point);
}

static void put_start(struct line *line, uint64_t time_us, char level,
                      const char *tag)
{
    put_decimal(line, time_us, 6);
    put(line, ' ');
    put(line, level);
    put(line, ' ');
    put_words(line, tag);
    put_words(line, ": ");
}

static void put_key(struct line *line, const char *key)
{
    put(line, ' ');
    put_words(line, key);
    put(line, '=');
}

/* --- a record, from the ring ---------------------------------------------- */

struct reader {
    const weft_log_t *log;
    uint32_t at;
};

static unsigned get_byte(struct reader *from)
{
    unsigned byte = from->log->room[from->at];

    from->at = weft__log_on(from->log, from->at, 1);
    return byte;
}

static uint64_t get_number(struct reader *from)
{
    uint64_t number = 0;
    unsigned byte;

    for (unsigned shift = 0;; shift += 7) {
        byte = get_byte(from);
        number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            return number;
        }
    }
}

static int64_t get_signed(struct reader *from)
{
    uint64_t number = get_number(from);

    return (int64_t)((number & 1) != 0 ? ~(number >> 1) : number >> 1);
}

static const char *get_address(struct reader *from)
{
    const char *address;
    unsigned char bytes[sizeof(address)];

    for (unsigned i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)get_byte(from);
    }
    memcpy(&address, bytes, sizeof(bytes));
    return address;
}

static void move_text(struct line *line, struct reader *from, bool quoted)
{
    uint32_t last = 0;
    unsigned c;

    while ((c = get_byte(from)) != 0) {
        if (quoted && (c == '"' || c == '\\')) {
            put(line, '\\');
        }
        last = last << 8 | c;
        put_last(line, last);
    }
}

static bool needs_quotes(struct reader from)
{
    unsigned c = get_byte(&from);
    uint32_t last = 0;

    if (c == 0) {
        return true;
    }
    for (; c != 0; c = get_byte(&from)) {
        last = last << 8 | c;
        if (c == ' ' || c == '"' || c == '=' || c == '\\' ||
            control(last) != 0) {
            return true;
        }
    }
    return false;
}

static void move_value(struct line *line, struct reader *from)
{
    bool quoted = needs_quotes(*from);

    if (quoted) {
        put(line, '"');
    }
    move_text(line, from, quoted);
    if (quoted) {
        put(line, '"');
    }
}

static void move_field(struct line *line, struct reader *from)
{
    unsigned byte = get_byte(from);

    put_key(line, get_address(from));
    switch ((enum weft_log_kind)(byte & 15)) {
    case WEFT_LOG_INT: put_signed(line, get_signed(from), 0); break;
    case WEFT_LOG_UINT: put_decimal(line, get_number(from), 0); break;
    case WEFT_LOG_HEX: put_hex(line, get_number(from)); break;
    case WEFT_LOG_FIXED: put_signed(line, get_signed(from), byte >> 4); break;
    case WEFT_LOG_TEXT: move_value(line, from); break;
    }
}

static uint32_t field_of(uint32_t head, unsigned shift, uint32_t mask)
{
    return head >> shift & mask;
}

bool weft__log_take(weft_log_t *log)
{
    struct reader from = {log, weft__log_on(log, log->head, WEFT__LOG_HEAD)};
    struct line line = line_begin(log);
    uint64_t time_us;
    uint32_t head;

    if (!weft__log_has(log)) {
        return false;
    }
    head = weft_atomic_load_relaxed_u32(weft__log_head(log, log->head));
    time_us = get_number(&from);
    put_start(&line, time_us, "-EWID"[field_of(head, WEFT__LOG_LEVEL_SHIFT, 7)],
              get_address(&from));
    move_text(&line, &from, false);
    for (uint32_t i = field_of(head, WEFT__LOG_COUNT_SHIFT, 15); i > 0; i--) {
        move_field(&line, &from);
    }
    line_end(log, &line, (head & WEFT__LOG_CUT) != 0);
    weft__log_free(log, head & WEFT__LOG_SIZE);
    return true;
}

void weft__log_report(weft_log_t *log)
{
    static const char *const reasons[] = {"full", "rate", "sink"};
    struct line line = line_begin(log);
    uint32_t drops[3];
    uint32_t sum = 0;

    for (int i = 0; i < 3; i++) {
        drops[i] = log->saying[i] - log->said[i];
        sum += drops[i];
    }
    put_start(&line, weft_now_us(), 'W', "log");
    put_words(&line, "dropped");
    put_key(&line, "lines");
    put_decimal(&line, sum, 0);
    for (int i = 0; i < 3; i++) {
        put_key(&line, reasons[i]);
        put_decimal(&line, drops[i], 0);
    }
    line_end(log, &line, false);
}
