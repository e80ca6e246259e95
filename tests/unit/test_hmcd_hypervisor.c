// SPDX-License-Identifier: Apache-2.0
// What the daemon believes of partitions when descriptions do not come in the order they were made.
// SOURCES: tools/hmcd/hypervisor.c tools/hmcd/console.c tools/hmcd/request.c tools/hmcd/sink.c
// SOURCES: tools/hmcd/stats.c tools/hmcd/rundir.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/hmcd/hypervisor.h"
#include "tools/hmcd/uart.h"

#define ID 7

static const struct uart_events *uart_said;
static struct hypervisor *hypervisor;
static struct event_base *base;
static struct rundir run;
static char directory[] = "/tmp/openlpar-unit-XXXXXX";

/* --- the UART: nobody is there --- */

struct uart *uart_new(struct event_base *uart_base, const char *path,
		      const struct uart_events *events, void *ctx)
{
	(void)uart_base;
	(void)path;
	(void)ctx;
	uart_said = events;
	return NULL;
}

void uart_free(struct uart *uart)
{
	(void)uart;
}

bool uart_is_connected(const struct uart *uart)
{
	(void)uart;
	return false;
}

void uart_send(struct uart *uart, u16 channel, const void *a, size_t na, const void *b, size_t nb)
{
	(void)uart;
	(void)channel;
	(void)a;
	(void)na;
	(void)b;
	(void)nb;
}

/* --- what the hypervisor says --- */

static struct hmc_partition description(u64 timebase, enum hmc_state state)
{
	return (struct hmc_partition){
		.control.type = HMC_PARTITION,
		.lpar_id = cpu_to_be16(ID),
		.state = (u8)state,
		.name = "seven",
		.timebase = cpu_to_be64(timebase),
	};
}

static void announce(u64 timebase, enum hmc_state state)
{
	struct hmc_partition partition = description(timebase, state);

	uart_said->frame(hypervisor, HMC_CHANNEL_CONTROL, (const u8 *)&partition,
			 sizeof(partition));
}

/* The answer to a question, which another thread hands on at some time. */
static void hand_on(u64 timebase, enum hmc_state state)
{
	struct hmc_partition partition = description(timebase, state);

	hypervisor_partition(hypervisor, &partition);
}

static void boot(u64 id)
{
	struct hmc_boot boot = {.control.type = HMC_BOOT, .boot_id = cpu_to_be64(id)};

	uart_said->frame(hypervisor, HMC_CHANNEL_CONTROL, (const u8 *)&boot, sizeof(boot));
}

static void assert_state(enum hmc_state state)
{
	assert_non_null(hypervisor->console[ID]);
	assert_int_equal(hypervisor->console[ID]->partition.state, state);
}

/* --- tests --- */

static int setup(void **state)
{
	static const struct hypervisor_events nobody;

	(void)state;
	base = event_base_new();
	hypervisor = hypervisor_new(base, &run, &nobody, NULL);
	boot(1);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	hypervisor_free(hypervisor);
	event_base_free(base);
	return 0;
}

/* The event overtook the answer that was made before it. */
static void test_older_answer(void **state)
{
	(void)state;
	announce(10, HMC_STATE_RUNNING);
	announce(30, HMC_STATE_NOT_ACTIVATED);
	hand_on(20, HMC_STATE_SHUTTING_DOWN);
	assert_state(HMC_STATE_NOT_ACTIVATED);
	hand_on(40, HMC_STATE_STARTING);
	assert_state(HMC_STATE_STARTING);
	announce(30, HMC_STATE_NOT_ACTIVATED);
	assert_state(HMC_STATE_STARTING);
}

static void test_removed(void **state)
{
	(void)state;
	announce(10, HMC_STATE_NOT_ACTIVATED);
	announce(30, HMC_STATE_REMOVED);
	assert_null(hypervisor->console[ID]);
	hand_on(20, HMC_STATE_NOT_ACTIVATED);
	assert_null(hypervisor->console[ID]);
	announce(50, HMC_STATE_NOT_ACTIVATED);
	hand_on(40, HMC_STATE_REMOVED);
	assert_state(HMC_STATE_NOT_ACTIVATED);
}

/* Time begins anew with each start of the hypervisor. */
static void test_restart(void **state)
{
	(void)state;
	announce(1000, HMC_STATE_RUNNING);
	boot(2);
	announce(5, HMC_STATE_NOT_ACTIVATED);
	assert_state(HMC_STATE_NOT_ACTIVATED);
}

static int group_setup(void **state)
{
	(void)state;
	if (!mkdtemp(directory) || rundir_find(&run, directory, false))
		return -1;
	return mkdir(rundir_file(&run, "consoles").text, 0755);
}

static int group_teardown(void **state)
{
	(void)state;
	rundir_clean(&run, true);
	rundir_remove(&run, "consoles/seven.log");
	return rmdir(rundir_file(&run, "consoles").text) || rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_older_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restart, setup, teardown),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
