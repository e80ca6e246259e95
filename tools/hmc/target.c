// SPDX-License-Identifier: Apache-2.0
// Which managed system a command is for.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/hmc/target.h"

static bool given(int argc, char *const argv[], const char *option)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], option))
			return true;
	return false;
}

/* Is any system as good as another? */
static bool any_will_do(int argc, char *const argv[])
{
	return !strcmp(argv[0], "help") || !strcmp(argv[0], "lshmc") || given(argc, argv, "--help");
}

static bool lists_systems(int argc, char *const argv[])
{
	if (strcmp(argv[0], "lssyscfg"))
		return false;
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i - 1], "-r") && !strcmp(argv[i], "sys"))
			return true;
	return false;
}

static int only_system(const char *dir, struct registry_system **systems)
{
	*systems = calloc(1, sizeof(**systems));
	if (!*systems || rundir_find(&(*systems)->run, dir, false)) {
		free(*systems);
		return 0;
	}
	return 1;
}

static int nothing(struct registry_system *systems)
{
	free(systems);
	return 0;
}

const char *target_name(int argc, char *const argv[])
{
	for (int i = 1; i + 1 < argc; i++)
		if (!strcmp(argv[i], "-m"))
			return argv[i + 1];
	return NULL;
}

int target_find(const struct hmc *hmc, int argc, char *const argv[],
		struct registry_system **systems)
{
	const char *name = target_name(argc, argv);
	int count;

	if (hmc->dir)
		return only_system(hmc->dir, systems);
	count = registry_list(systems);
	if (count < 0) {
		fprintf(stderr, "hmc: cannot find the running systems: %s\n", strerror(errno));
		return nothing(*systems);
	}
	if (!count) {
		fputs("hmc: no managed system is running\n", stderr);
		return nothing(*systems);
	}
	if (any_will_do(argc, argv))
		return 1;
	if (!name) {
		if (count == 1 || lists_systems(argc, argv))
			return count;
		fputs("hmc: several managed systems are running, -m selects one of them:", stderr);
		for (int i = 0; i < count; i++)
			fprintf(stderr, " %s", (*systems)[i].name);
		fputc('\n', stderr);
		return nothing(*systems);
	}
	for (int i = 0; i < count; i++)
		if (!strcmp((*systems)[i].name, name)) {
			(*systems)[0] = (*systems)[i];
			return 1;
		}
	fprintf(stderr, "HSCL8018 The managed system %s was not found.\n", name);
	return nothing(*systems);
}
