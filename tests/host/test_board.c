/* test_board.c - the simulated board: pins, presses, uart, adc, pwm, watchdog
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include <stdio.h>
#include <string.h>

#include "weft/loop.h"
#include "weft/sim_board.h"
#include "weft/task.h"
#include "weft/time.h"

static weft_loop_t loop;
static weft_sim_board_t sim;
static weft_board_t *const board = &sim.board;
static const weft_board_ops_t *ops;

/* --- an observer that writes down what it was told ------------------------ */

static char seen[1024];

static void add(const char *text)
{
    size_t at = strlen(seen);

    (void)snprintf(seen + at, sizeof(seen) - at, "%s%s", at ? " " : "", text);
}

static void see_pin(void *ctx, unsigned pin, int level)
{
    char text[40];

    (void)ctx;
    (void)snprintf(text, sizeof(text), "%u=%d", pin, level);
    add(text);
}

static void see_pwm(void *ctx, unsigned channel, unsigned hertz, unsigned duty,
                    unsigned precision)
{
    char text[80];

    (void)ctx;
    (void)snprintf(text, sizeof(text), "pwm%u:%u:%u/%u", channel, hertz, duty,
                   precision);
    add(text);
}

static void see_uart(void *ctx, unsigned port, bool in, const void *data,
                     size_t size)
{
    char text[80];

    (void)ctx;
    (void)snprintf(text, sizeof(text), "%s%u:%.*s", in ? "in" : "out", port,
                   (int)size, (const char *)data);
    add(text);
}

static void see_note(void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
    add("note");
}

static void see_bite(void *ctx, unsigned timeout_ms)
{
    char text[40];

    (void)ctx;
    (void)snprintf(text, sizeof(text), "bite:%u", timeout_ms);
    add(text);
}

static void check_seen(const char *expected)
{
    CHECK_STR_EQ(seen, expected);
    seen[0] = '\0';
}

static weft_sim_observer_t observer = {
    .pin = see_pin,
    .pwm = see_pwm,
    .uart = see_uart,
    .note = see_note,
    .bite = see_bite,
};

static void begin(const char *kind)
{
    CHECK_EQ(weft_loop_init(&loop, NULL), 0);
    weft_sim_board_init(&sim, &loop, weft_sim_board_kind(kind));
    weft_sim_board_observe(&sim, &observer);
    ops = sim.board.ops;
    seen[0] = '\0';
}

static void end(void)
{
    weft_sim_board_deinit(&sim);
    weft_loop_deinit(&loop);
}

struct pause {
    weft_task_t task;
    weft_timer_node_t timer;
    uint64_t us;
};

WEFT_TASK(pause)
{
    WEFT_BEGIN;
    WEFT_SLEEP(self->us);
    WEFT_END;
}

/* Lets the board's timers run. */
static void wait_ms(unsigned ms)
{
    struct pause pause = {.us = WEFT_MS(ms)};

    CHECK_EQ(weft_loop_run_task(&loop, pause_task(&pause)), 0);
}

/* --- kinds ---------------------------------------------------------------- */

CASE(finds_kinds_by_name)
{
    CHECK_STR_EQ(weft_sim_board_kind(NULL)->name, "generic");
    CHECK_STR_EQ(weft_sim_board_kind("mini")->name, "mini");
    CHECK_EQ((uintptr_t)weft_sim_board_kind("no such board"), 0);
    CHECK_EQ((uintptr_t)weft_sim_board_kind_at(1000), 0);
}

CASE(parts_of_every_kind_are_on_pins_that_it_has)
{
    const weft_sim_kind_t *kind;

    for (size_t i = 0; (kind = weft_sim_board_kind_at(i)) != NULL; i++) {
        CHECK(kind->pins <= WEFT_SIM_PINS && kind->uarts <= WEFT_SIM_UARTS);
        CHECK(kind->adcs <= WEFT_SIM_ADCS && kind->pwms <= WEFT_SIM_PWMS);
        for (unsigned n = 0; n < kind->led_count; n++) {
            CHECK(kind->leds[n].pin < kind->pins);
        }
        for (unsigned n = 0; n < kind->button_count; n++) {
            CHECK(kind->buttons[n].pin < kind->pins);
            CHECK(kind->buttons[n].key != 0);
        }
    }
}

/* --- pins ----------------------------------------------------------------- */

CASE(an_output_has_the_level_it_is_given)
{
    begin(NULL);
    CHECK_EQ(ops->pin_setup(board, 27, WEFT_PIN_OUTPUT, WEFT_PULL_NONE, 0), 0);
    check_seen("");
    CHECK_EQ(ops->pin_write(board, 27, 1), 0);
    CHECK_EQ(ops->pin_write(board, 27, 1), 0);
    CHECK_EQ(ops->pin_read(board, 27), 1);
    CHECK_EQ(weft_sim_board_level(&sim, 27), 1);
    CHECK_EQ(ops->pin_write(board, 27, 0), 0);
    check_seen("27=1 27=0");
    CHECK_EQ(ops->pin_setup(board, 26, WEFT_PIN_OUTPUT, WEFT_PULL_NONE, 1), 0);
    check_seen("26=1");
    CHECK_EQ(ops->pin_close(board, 26), 0);
    check_seen("26=0");
    end();
}

CASE(an_input_follows_its_pull)
{
    begin(NULL);
    CHECK_EQ(ops->pin_setup(board, 5, WEFT_PIN_INPUT, WEFT_PULL_UP, 0), 0);
    CHECK_EQ(ops->pin_read(board, 5), 1);
    CHECK_EQ(ops->pin_setup(board, 5, WEFT_PIN_INPUT, WEFT_PULL_DOWN, 0), 0);
    CHECK_EQ(ops->pin_read(board, 5), 0);
    check_seen("5=1 5=0");
    end();
}

CASE(writing_to_a_pin_that_is_no_output_is_noted_once)
{
    begin(NULL);
    CHECK_EQ(ops->pin_write(board, 7, 1), 0);
    CHECK_EQ(ops->pin_write(board, 7, 1), 0);
    check_seen("note");
    CHECK_EQ(ops->pin_read(board, 7), 0);
    end();
}

CASE(a_pressed_button_reads_low)
{
    begin(NULL);
    CHECK_EQ(ops->pin_setup(board, 0, WEFT_PIN_INPUT, WEFT_PULL_NONE, 0), 0);
    CHECK_EQ(ops->pin_read(board, 0), 1);
    CHECK_EQ(weft_sim_board_press(&sim, 0, true), 0);
    CHECK(weft_sim_board_pressed(&sim, 0));
    CHECK_EQ(ops->pin_read(board, 0), 0);
    CHECK_EQ(weft_sim_board_press(&sim, 0, true), 0);
    CHECK_EQ(weft_sim_board_press(&sim, 0, false), 0);
    CHECK_EQ(ops->pin_read(board, 0), 0);
    CHECK_EQ(weft_sim_board_press(&sim, 0, false), 0);
    CHECK_EQ(ops->pin_read(board, 0), 1);
    CHECK_EQ(weft_sim_board_press(&sim, 0, false), WEFT_ERR_INVALID);
    check_seen("0=0 0=1");
    end();
}

CASE(a_switch_without_a_button_works_against_the_pull)
{
    begin(NULL);
    CHECK_EQ(ops->pin_setup(board, 9, WEFT_PIN_INPUT, WEFT_PULL_DOWN, 0), 0);
    CHECK_EQ(weft_sim_board_press(&sim, 9, true), 0);
    CHECK_EQ(ops->pin_read(board, 9), 1);
    CHECK_EQ(ops->pin_setup(board, 9, WEFT_PIN_INPUT, WEFT_PULL_UP, 0), 0);
    CHECK_EQ(ops->pin_read(board, 9), 0);
    end();
}

static void see_watch(void *ctx, unsigned pin, int level)
{
    (void)ctx;
    add("watch");
    see_pin(NULL, pin, level);
}

CASE(a_watcher_hears_its_edges_only)
{
    begin(NULL);
    CHECK_EQ(ops->pin_setup(board, 0, WEFT_PIN_INPUT, WEFT_PULL_UP, 0), 0);
    CHECK_EQ(ops->pin_watch(board, 0, WEFT_EDGE_FALLING, see_watch, NULL), 0);
    (void)weft_sim_board_press(&sim, 0, true);
    (void)weft_sim_board_press(&sim, 0, false);
    check_seen("0=0 watch 0=0 0=1");
    CHECK_EQ(ops->pin_watch(board, 0, WEFT_EDGE_BOTH, see_watch, NULL), 0);
    (void)weft_sim_board_press(&sim, 0, true);
    (void)weft_sim_board_press(&sim, 0, false);
    check_seen("0=0 watch 0=0 0=1 watch 0=1");
    CHECK_EQ(ops->pin_watch(board, 0, WEFT_EDGE_NONE, NULL, NULL), 0);
    (void)weft_sim_board_press(&sim, 0, true);
    check_seen("0=0");
    end();
}

CASE(numbers_out_of_range_are_refused)
{
    begin("mini");
    CHECK_EQ(ops->pin_setup(board, 22, WEFT_PIN_INPUT, WEFT_PULL_UP, 0),
             WEFT_ERR_INVALID);
    CHECK_EQ(ops->pin_setup(board, 1, (enum weft_pin_mode)2, WEFT_PULL_UP, 0),
             WEFT_ERR_INVALID);
    CHECK_EQ(ops->pin_setup(board, 1, WEFT_PIN_INPUT, (enum weft_pin_pull)3, 0),
             WEFT_ERR_INVALID);
    CHECK_EQ(ops->pin_setup(board, 1, WEFT_PIN_OUTPUT, WEFT_PULL_UP, 2),
             WEFT_ERR_INVALID);
    CHECK_EQ(ops->pin_write(board, UINT32_MAX, 1), WEFT_ERR_INVALID);
    CHECK_EQ(ops->pin_write(board, 1, -1), WEFT_ERR_INVALID);
    CHECK_EQ(ops->pin_read(board, 22), WEFT_ERR_INVALID);
    CHECK_EQ(ops->pin_watch(board, 22, WEFT_EDGE_BOTH, see_watch, NULL),
             WEFT_ERR_INVALID);
    CHECK_EQ(ops->pin_close(board, 22), WEFT_ERR_INVALID);
    CHECK_EQ(weft_sim_board_press(&sim, 22, true), WEFT_ERR_INVALID);
    check_seen("");
    end();
}

CASE(presses_at_given_times_keep_the_input_open)
{
    static weft_sim_press_t presses[2];
    uint64_t start;

    memset(presses, 0, sizeof(presses));
    begin(NULL);
    start = weft_now_us();
    CHECK_EQ(weft_sim_press_at(&presses[0], &sim, 0, start + WEFT_MS(10),
                               WEFT_MS(10)),
             0);
    CHECK_EQ(weft_sim_press_at(&presses[1], &sim, 64, start, 1),
             WEFT_ERR_INVALID);
    CHECK_EQ(ops->input_open(board), 0);
    (void)ops->pin_setup(board, 0, WEFT_PIN_INPUT, WEFT_PULL_UP, 0);
    (void)ops->pin_watch(board, 0, WEFT_EDGE_BOTH, see_watch, NULL);
    CHECK_EQ(ops->input_open(board), 1);
    wait_ms(50);
    CHECK_EQ(ops->input_open(board), 0);
    check_seen("0=0 watch 0=0 0=1 watch 0=1");
    sim.keys = true;
    CHECK_EQ(ops->input_open(board), 1);
    end();
}

CASE_SIM_ONLY(a_press_that_comes_again_lasts_longer,
              "a busy host may sleep past the release")
{
    static weft_sim_press_t press;
    uint64_t start;

    memset(&press, 0, sizeof(press));
    begin(NULL);
    start = weft_now_us();
    (void)weft_sim_press_at(&press, &sim, 0, start, WEFT_MS(20));
    wait_ms(5);
    CHECK(weft_sim_board_pressed(&sim, 0));
    (void)weft_sim_press_at(&press, &sim, 0, weft_now_us(), WEFT_MS(60));
    wait_ms(40);
    CHECK(weft_sim_board_pressed(&sim, 0));
    wait_ms(60);
    CHECK(!weft_sim_board_pressed(&sim, 0));
    check_seen("0=0 0=1");
    end();
}

/* --- uart ----------------------------------------------------------------- */

static void see_event(void *ctx, unsigned port, enum weft_uart_event event)
{
    static const char *const names[] = {"received", "sent", "closed"};

    (void)ctx;
    (void)port;
    add(names[event]);
}

CASE(a_uart_without_another_end_is_noted_and_sends)
{
    begin(NULL);
    CHECK_EQ(ops->uart_open(board, 1, 115200, see_event, NULL), 0);
    check_seen("note");
    CHECK_EQ(ops->input_open(board), 0);
    CHECK_EQ(ops->uart_write(board, 1, "hello", 5), 5);
    CHECK_EQ(ops->input_open(board), 1);
    wait_ms(5);
    check_seen("out1:hello sent");
    CHECK_EQ(ops->input_open(board), 0);
    end();
}

CASE(a_looped_uart_receives_what_it_sends)
{
    char data[8] = "";

    begin(NULL);
    CHECK_EQ(weft_sim_uart_attach_loop(&sim, 1), 0);
    CHECK_EQ(weft_sim_uart_attach_loop(&sim, 1), WEFT_ERR_BUSY);
    CHECK_EQ(ops->uart_open(board, 1, 115200, see_event, NULL), 0);
    CHECK_EQ(ops->uart_write(board, 1, "abc", 3), 3);
    wait_ms(5);
    check_seen("out1:abc in1:abc received sent");
    CHECK_EQ(ops->uart_read(board, 1, data, 2), 2);
    CHECK_STR_EQ(data, "ab");
    CHECK_EQ(ops->uart_read(board, 1, data, sizeof(data)), 1);
    CHECK_EQ(ops->uart_read(board, 1, data, sizeof(data)), 0);
    end();
}

CASE(a_source_sends_line_by_line_and_hangs_up)
{
    static weft_sim_uart_source_t source;
    char data[16] = "";

    begin(NULL);
    CHECK_EQ(weft_sim_uart_source_attach(&source, &sim, 0, "one\ntwo", 7), 0);
    wait_ms(5);
    check_seen("");
    CHECK_EQ(ops->uart_open(board, 0, 115200, see_event, NULL), 0);
    CHECK_EQ(ops->input_open(board), 1);
    wait_ms(10);
    check_seen("in0:one\n received in0:two received closed");
    CHECK_EQ(ops->input_open(board), 0);
    CHECK_EQ(ops->uart_read(board, 0, data, sizeof(data)), 7);
    CHECK_STR_EQ(data, "one\ntwo");
    weft_sim_uart_source_stop(&source);
    end();
}

CASE(a_source_waits_until_there_is_room)
{
    static weft_sim_uart_source_t source;
    static uint8_t data[3 * WEFT_SIM_UART_ROOM];
    static uint8_t got[sizeof(data)];
    size_t count = 0;

    memset(data, 'x', sizeof(data));
    data[sizeof(data) - 1] = 'y';
    begin(NULL);
    (void)weft_sim_uart_source_attach(&source, &sim, 0, data, sizeof(data));
    (void)ops->uart_open(board, 0, 10000000, NULL, NULL);
    while (count < sizeof(data)) {
        wait_ms(5);
        count +=
            (size_t)ops->uart_read(board, 0, got + count, sizeof(got) - count);
    }
    CHECK_EQ(memcmp(data, got, sizeof(data)), 0);
    weft_sim_uart_source_stop(&source);
    end();
}

CASE(a_uart_takes_only_what_it_has_room_for)
{
    static uint8_t data[2 * WEFT_SIM_UART_ROOM];

    begin(NULL);
    observer.uart = NULL;
    (void)ops->uart_open(board, 0, 10000000, NULL, NULL);
    CHECK_EQ(ops->uart_write(board, 0, data, sizeof(data)), WEFT_SIM_UART_ROOM);
    CHECK_EQ(ops->uart_write(board, 0, data, 1), 0);
    wait_ms(10);
    CHECK_EQ(ops->uart_write(board, 0, data, 1), 1);
    CHECK_EQ(weft_sim_uart_receive(&sim, 0, data, sizeof(data)),
             WEFT_SIM_UART_ROOM);
    observer.uart = see_uart;
    end();
}

CASE(uarts_refuse_what_is_not_open_or_not_there)
{
    char byte;

    begin("mini");
    CHECK_EQ(ops->uart_open(board, 2, 9600, NULL, NULL), WEFT_ERR_INVALID);
    CHECK_EQ(ops->uart_open(board, 1, 0, NULL, NULL), WEFT_ERR_INVALID);
    CHECK_EQ(ops->uart_write(board, 1, "x", 1), WEFT_ERR_INVALID);
    CHECK_EQ(ops->uart_read(board, 1, &byte, 1), WEFT_ERR_INVALID);
    CHECK_EQ(weft_sim_uart_receive(&sim, 1, "x", 1), 0);
    CHECK_EQ(weft_sim_uart_attach_loop(&sim, 2), WEFT_ERR_INVALID);
    CHECK_EQ(ops->uart_close(board, 2), WEFT_ERR_INVALID);
    CHECK_EQ(ops->uart_close(board, 1), 0);
    end();
}

/* --- adc, pwm ------------------------------------------------------------- */

CASE(an_adc_channel_measures_what_was_set)
{
    int raw = -1;
    int millivolts = -1;

    begin(NULL);
    CHECK_EQ(ops->adc_read(board, 3, &raw, &millivolts), WEFT_ERR_INVALID);
    CHECK_EQ(ops->adc_open(board, 3), 0);
    CHECK_EQ(weft_sim_adc_set(&sim, 3, WEFT_SIM_WAVE_CONSTANT, 0, 3300, 0), 0);
    CHECK_EQ(ops->adc_read(board, 3, &raw, &millivolts), 0);
    CHECK_EQ(raw, 4095);
    CHECK_EQ(millivolts, 3300);
    for (int wave = WEFT_SIM_WAVE_RAMP; wave <= WEFT_SIM_WAVE_SQUARE; wave++) {
        CHECK_EQ(
            weft_sim_adc_set(&sim, 3, (enum weft_sim_wave)wave, 100, 200, 777),
            0);
        CHECK_EQ(ops->adc_read(board, 3, &raw, &millivolts), 0);
        CHECK(millivolts >= 100 && millivolts <= 200);
    }
    CHECK_EQ(weft_sim_adc_set(&sim, 3, WEFT_SIM_WAVE_RAMP, 0, 3300, 0),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_sim_adc_set(&sim, 3, WEFT_SIM_WAVE_RAMP, 2, 1, 1),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_sim_adc_set(&sim, 3, WEFT_SIM_WAVE_CONSTANT, 0, 3301, 1),
             WEFT_ERR_INVALID);
    CHECK_EQ(ops->adc_open(board, WEFT_SIM_ADCS), WEFT_ERR_INVALID);
    end();
}

CASE(pwm_is_seen_and_checked)
{
    begin(NULL);
    CHECK_EQ(ops->pwm_open(board, 4, 1000, 50, 100), 0);
    CHECK_EQ(ops->pwm_close(board, 4), 0);
    CHECK_EQ(ops->pwm_close(board, 4), 0);
    check_seen("pwm4:1000:50/100 pwm4:0:0/100");
    CHECK_EQ(ops->pwm_open(board, 8, 1000, 50, 100), WEFT_ERR_INVALID);
    CHECK_EQ(ops->pwm_open(board, 4, 0, 50, 100), WEFT_ERR_INVALID);
    CHECK_EQ(ops->pwm_open(board, 4, 1000, 101, 100), WEFT_ERR_INVALID);
    CHECK_EQ(ops->pwm_open(board, 4, 1000, 5, 99), WEFT_ERR_INVALID);
    end();
}

/* --- watchdog, reset ------------------------------------------------------ */

CASE_SIM_ONLY(the_watchdog_bites_when_it_is_not_fed,
              "a busy host may sleep past the time to feed")
{
    begin(NULL);
    CHECK_EQ(ops->watchdog_start(board, 0), WEFT_ERR_INVALID);
    CHECK_EQ(ops->watchdog_feed(board), 0);
    CHECK_EQ(ops->watchdog_start(board, 200), 0);
    CHECK_EQ(ops->input_open(board), 1);
    for (int i = 0; i < 6; i++) {
        wait_ms(50);
        CHECK_EQ(ops->watchdog_feed(board), 0);
    }
    check_seen("");
    wait_ms(250);
    check_seen("bite:200");
    CHECK_EQ(ops->input_open(board), 0);
    end();
}

CASE(reset_is_the_state_after_power_on)
{
    begin(NULL);
    (void)ops->pin_setup(board, 27, WEFT_PIN_OUTPUT, WEFT_PULL_NONE, 1);
    (void)ops->pin_setup(board, 0, WEFT_PIN_INPUT, WEFT_PULL_UP, 0);
    (void)ops->pin_watch(board, 0, WEFT_EDGE_BOTH, see_watch, NULL);
    (void)ops->uart_open(board, 0, 9600, see_event, NULL);
    (void)ops->uart_write(board, 0, "lost", 4);
    (void)ops->pwm_open(board, 0, 10, 1, 100);
    (void)ops->watchdog_start(board, 1);
    sim.keys = true;
    seen[0] = '\0';
    ops->reset(board);
    check_seen("pwm0:0:0/100 27=0");
    CHECK_EQ(ops->input_open(board), 0);
    wait_ms(10);
    (void)weft_sim_board_press(&sim, 0, true);
    check_seen("0=0");
    end();
}
