/* analog.c - adc channels that measure a wave, pwm channels that are seen
 * SPDX-License-Identifier: MIT
 */
#include "sim/devices/devices.h"

enum { HERTZ_MAX = 100000000 };

/* Each channel has something to look at before anybody sets it: 0 a ramp and
   1 a triangle of ten seconds, 2 a square wave, the others half. */
static const weft_sim_adc_t at_start[] = {
    {.wave = WEFT_SIM_WAVE_RAMP, .high = 3300, .period_us = WEFT_S(10)},
    {.wave = WEFT_SIM_WAVE_TRIANGLE, .high = 3300, .period_us = WEFT_S(10)},
    {.wave = WEFT_SIM_WAVE_SQUARE, .high = 3300, .period_us = WEFT_S(2)},
    {.wave = WEFT_SIM_WAVE_CONSTANT, .high = 1650, .period_us = 1},
};
enum { AT_START = sizeof(at_start) / sizeof(at_start[0]) };

static weft_sim_adc_t *adc_at(weft_board_t *board, unsigned channel)
{
    weft_sim_board_t *sim = weft__board_sim(board);

    return channel < sim->kind->adcs ? &sim->adcs[channel] : NULL;
}

int weft__board_adc_open(weft_board_t *board, unsigned channel)
{
    weft_sim_adc_t *adc = adc_at(board, channel);

    if (adc == NULL) {
        return WEFT_ERR_INVALID;
    }
    adc->open = true;
    return 0;
}

static int between(const weft_sim_adc_t *adc, uint64_t part, uint64_t whole)
{
    uint64_t span = (uint64_t)(adc->high - adc->low);

    return (int)(adc->low + span * part / whole);
}

static int millivolts_now(const weft_sim_adc_t *adc)
{
    uint64_t period = adc->period_us;
    uint64_t at = weft_now_us() % period;

    switch ((enum weft_sim_wave)adc->wave) {
    case WEFT_SIM_WAVE_RAMP: return between(adc, at, period);
    case WEFT_SIM_WAVE_TRIANGLE:
        at = at < period - at ? at : period - at;
        return between(adc, 2 * at, period);
    case WEFT_SIM_WAVE_SQUARE: return at < period - at ? adc->low : adc->high;
    case WEFT_SIM_WAVE_CONSTANT: break;
    }
    return adc->high;
}

int weft__board_adc_read(weft_board_t *board, unsigned channel, int *raw,
                         int *millivolts)
{
    const weft_sim_adc_t *adc = adc_at(board, channel);

    if (adc == NULL || !adc->open) {
        return WEFT_ERR_INVALID;
    }
    *millivolts = millivolts_now(adc);
    *raw =
        *millivolts * ((1 << WEFT_SIM_ADC_BITS) - 1) / WEFT_SIM_ADC_MILLIVOLTS;
    return 0;
}

int weft__board_adc_close(weft_board_t *board, unsigned channel)
{
    weft_sim_adc_t *adc = adc_at(board, channel);

    if (adc == NULL) {
        return WEFT_ERR_INVALID;
    }
    adc->open = false;
    return 0;
}

int weft_sim_adc_set(weft_sim_board_t *board, unsigned channel,
                     enum weft_sim_wave wave, unsigned low, unsigned high,
                     uint64_t period_us)
{
    weft_sim_adc_t *adc = adc_at(&board->board, channel);

    if (adc == NULL || (unsigned)wave > WEFT_SIM_WAVE_SQUARE || low > high ||
        high > WEFT_SIM_ADC_MILLIVOLTS ||
        (period_us == 0 && wave != WEFT_SIM_WAVE_CONSTANT)) {
        return WEFT_ERR_INVALID;
    }
    adc->wave = (uint8_t)wave;
    adc->low = (uint16_t)low;
    adc->high = (uint16_t)high;
    adc->period_us = period_us != 0 ? period_us : 1;
    return 0;
}

int weft__board_pwm_open(weft_board_t *board, unsigned channel, unsigned hertz,
                         unsigned duty, unsigned precision)
{
    weft_sim_board_t *sim = weft__board_sim(board);

    if (channel >= sim->kind->pwms || hertz == 0 || hertz > HERTZ_MAX ||
        (precision != 100 && precision != 256 && precision != 1000) ||
        duty > precision) {
        return WEFT_ERR_INVALID;
    }
    sim->pwm_open[channel] = true;
    WEFT__BOARD_TELL(sim, pwm, channel, hertz, duty, precision);
    return 0;
}

int weft__board_pwm_close(weft_board_t *board, unsigned channel)
{
    weft_sim_board_t *sim = weft__board_sim(board);

    if (channel >= sim->kind->pwms) {
        return WEFT_ERR_INVALID;
    }
    if (sim->pwm_open[channel]) {
        sim->pwm_open[channel] = false;
        WEFT__BOARD_TELL(sim, pwm, channel, 0, 0, 100);
    }
    return 0;
}

void weft__board_analog_init(weft_sim_board_t *sim)
{
    for (unsigned i = 0; i < sim->kind->adcs; i++) {
        sim->adcs[i] = at_start[i < AT_START ? i : AT_START - 1];
    }
}

void weft__board_analog_reset(weft_sim_board_t *sim)
{
    for (unsigned i = 0; i < sim->kind->adcs; i++) {
        sim->adcs[i].open = false;
    }
    for (unsigned i = 0; i < sim->kind->pwms; i++) {
        (void)weft__board_pwm_close(&sim->board, i);
    }
}
