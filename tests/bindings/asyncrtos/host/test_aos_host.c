/* test_aos_host.c - what programs for ESP-IDF include besides, on a host
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include <freertos/FreeRTOS.h>
#include <freertos/task.h>
#include <aos.h>
#include <esp_err.h>
#define LOG_LOCAL_LEVEL ESP_LOG_DEBUG
#include <esp_log.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/support/test.h"
#include "weft/time.h"

CASE(ticks_are_milliseconds)
{
    CHECK_EQ(pdMS_TO_TICKS(250), 250);
    CHECK_EQ(pdTICKS_TO_MS(250), 250);
    CHECK_EQ(portTICK_PERIOD_MS, 1);
    CHECK_EQ(CONFIG_AOS_TASK_QUEUESIZEDEFAULT, 3);
}

CASE(a_delay_blocks_for_so_many_ticks)
{
    TickType_t before = xTaskGetTickCount();
    uint64_t start_us = weft_now_us();

    vTaskDelay(pdMS_TO_TICKS(5));
    taskYIELD();
    CHECK(weft_now_us() - start_us >= WEFT_MS(5));
    CHECK(xTaskGetTickCount() - before >= 5);
}

CASE(a_delay_until_goes_on_from_the_last_one)
{
    TickType_t at = xTaskGetTickCount();
    TickType_t begin = at;
    int i;

    for (i = 0; i < 3; i++) {
        vTaskDelayUntil(&at, 4);
    }
    CHECK_EQ(at - begin, 12);
    CHECK(xTaskGetTickCount() - begin >= 12);
    at -= 100;
    CHECK_EQ(xTaskDelayUntil(&at, 1), pdFALSE);
}

static void log_all(void)
{
    ESP_LOGE("tag", "error %d", 1);
    ESP_LOGW("tag", "warning");
    ESP_LOGI("tag", "info %s", "text");
    ESP_LOGD("tag", "debug");
    ESP_LOGV("tag", "never: above the level of this file");
}

/* How many lines that wrote to standard error; the first in line. */
static int lines_of(void (*write_them)(void), char *line, int size)
{
    int ends[2];
    int saved = dup(2);
    int count = 0;
    FILE *from;
    char text[128];

    CHECK(saved >= 0 && pipe(ends) == 0 && dup2(ends[1], 2) == 2);
    write_them();
    CHECK(dup2(saved, 2) == 2);
    CHECK(close(saved) == 0 && close(ends[1]) == 0);
    from = fdopen(ends[0], "r");
    CHECK(from != NULL);
    while (fgets(text, sizeof(text), from) != NULL) {
        if (count++ == 0) {
            (void)snprintf(line, (size_t)size, "%s", text);
        }
    }
    CHECK(fclose(from) == 0);
    return count;
}

CASE(lines_of_a_log_have_level_time_tag_and_text)
{
    char line[128] = "";
    unsigned ms;
    int end = 0;

    CHECK_EQ(lines_of(log_all, line, sizeof(line)), 3);
    CHECK_EQ(sscanf(line, "E (%u) tag: error 1%n", &ms, &end), 1);
    CHECK(end > 0 && line[end] == '\n');
    esp_log_level_set("*", ESP_LOG_VERBOSE);
    CHECK_EQ(lines_of(log_all, line, sizeof(line)), 4);
    esp_log_level_set("*", ESP_LOG_NONE);
    CHECK_EQ(lines_of(log_all, line, sizeof(line)), 0);
    esp_log_level_set("*", ESP_LOG_INFO);
}

CASE(errors_have_names_and_end_the_program)
{
    CHECK_STR_EQ(esp_err_to_name(ESP_OK), "ESP_OK");
    CHECK_STR_EQ(esp_err_to_name(ESP_ERR_TIMEOUT), "ESP_ERR_TIMEOUT");
    CHECK_STR_EQ(esp_err_to_name(12345), "UNKNOWN ERROR");
    ESP_ERROR_CHECK(ESP_OK);
    CHECK_DIES(ESP_ERROR_CHECK(ESP_FAIL), "gave ESP_FAIL");
}

/* As the README of AsyncRTOS shows an asynchronous function, and its task. */
AOS_DECLARE(some_async_func, int someParam)
AOS_DEFINE(some_async_func, int)
static aos_future_t *some_async_func(aos_future_t *future)
{
    AOS_ARGS_T(some_async_func) *args = aos_args_get(future);

    args->someParam++;
    aos_resolve(future);
    return future;
}

enum { RESPONSE };

static void response(aos_task_t *task, aos_future_t *future)
{
    AOS_ARGS_T(some_async_func) *args = aos_args_get(future);

    CHECK_EQ(args->someParam, 2);
    aos_resolve(aos_task_args_get(task));
    (void)aos_eventful_free(future);
}

CASE(an_asynchronous_function_is_awaited_and_answers_a_task)
{
    aos_future_t *done = aos_awaitable_alloc(0);
    aos_task_config_t task_config = {.args = done};
    aos_task_t *source_task = aos_task_alloc(&task_config);
    aos_eventful_config_t config = {.task = source_task, .event = RESPONSE};
    aos_future_t *start = aos_awaitable_alloc(0);
    aos_future_t *future = AOS_AWAITABLE_ALLOC_T(some_async_func)(1);

    aos_await(some_async_func(future));
    aos_awaitable_free(future);
    CHECK_EQ(aos_task_handler_set(source_task, response, RESPONSE), 0);
    aos_await(aos_task_start(source_task, start));
    future = AOS_EVENTFUL_ALLOC_T(some_async_func)(&config, 1);
    some_async_func(future);
    aos_await(done);
    CHECK(aos_isresolved(done));
    aos_await(aos_task_stop(source_task, start));
    aos_awaitable_free(start);
    aos_awaitable_free(done);
    aos_task_free(source_task);
}
