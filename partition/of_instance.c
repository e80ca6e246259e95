// SPDX-License-Identifier: Apache-2.0
/* Opened packages: the console, and the methods that two nodes have. IEEE 1275-1994 6.3.2.3. */
#include <string.h>
#include "hv/cpu.h"
#include "partition/cas.h"
#include "partition/console.h"
#include "partition/of_call.h"

/* An instance handle is the package's phandle with this bit, which no phandle has. */
#define INSTANCE 0x40000000u

#define CONSOLE_PIECE 256 /* bytes in one hypercall */

/* A method's result for the catch of call-method: it is not known, or it failed. */
#define METHOD_UNKNOWN 0xffffffebu /* -21, "undefined word" */
#define METHOD_FAILED  0xffffffffu

typedef enum of_status method(struct of_call *call);

u32 of_instance(struct of_call *call, int node)
{
	u32 phandle = of_phandle(call, node, 0);

	return phandle && !(phandle & INSTANCE) ? phandle | INSTANCE : 0;
}

int of_instance_node(struct of_call *call, u32 ihandle)
{
	return of_node(call, ihandle & INSTANCE ? ihandle & ~INSTANCE : 0);
}

enum of_status of_open(struct of_call *call)
{
	char path[OF_PATH_SIZE];

	if (!of_string(call, call->arg[0], path, sizeof(path)))
		return OF_FAILED;
	call->ret[0] = of_instance(call, of_path_find(call->fdt, path));
	return OF_DONE;
}

enum of_status of_close(struct of_call *call)
{
	return of_instance_node(call, call->arg[0]) >= 0 ? OF_DONE : OF_FAILED;
}

enum of_status of_instance_to_package(struct of_call *call)
{
	call->ret[0] = of_phandle(call, of_instance_node(call, call->arg[0]), OF_NOT_FOUND);
	return OF_DONE;
}

static bool is_console(const struct of_call *call, u32 ihandle)
{
	u32 console = call->partition->of.console_phandle;

	return console && ihandle == (console | INSTANCE);
}

static bool is_memory(const struct of_call *call, u32 address, u32 size)
{
	return (u64)address + size <= lpar_mem_size(&call->partition->lpar);
}

/*
 * Arguments: instance, buffer, bytes. Result: bytes written. A piece in each hypercall, until the
 * console has taken all of it; how far it has come is remembered in between.
 */
enum of_status of_write(struct of_call *call)
{
	struct of *of = &call->partition->of;
	u32 size = call->arg[2], done = 0, piece;
	u8 bytes[CONSOLE_PIECE];

	call->ret[0] = OF_NOT_FOUND;
	if (!is_console(call, call->arg[0]))
		return OF_DONE;
	if (!is_memory(call, call->arg[1], size))
		return OF_FAILED;
	lock_take(&of->lock);
	if (of->write_buffer == call->buffer)
		done = MIN(of->written, size);
	lock_drop(&of->lock);
	piece = MIN(size - done, (u32)CONSOLE_PIECE);
	if (!of_copy_in(call, bytes, call->arg[1] + done, piece))
		return OF_FAILED;
	done += (u32)console_write(&call->partition->lpar, bytes, piece);
	lock_take(&of->lock);
	of->write_buffer = done < size ? call->buffer : 0;
	of->written = done;
	lock_drop(&of->lock);
	call->ret[0] = size;
	return done < size ? OF_AGAIN : OF_DONE;
}

/* Arguments: instance, buffer, its size. Result: bytes read, -2 when there are none yet. */
enum of_status of_read(struct of_call *call)
{
	u32 size = MIN(call->arg[2], (u32)CONSOLE_PIECE);
	u8 bytes[CONSOLE_PIECE];

	call->ret[0] = OF_NOT_FOUND;
	if (!is_console(call, call->arg[0]))
		return OF_DONE;
	if (!is_memory(call, call->arg[1], size))
		return OF_FAILED;
	size = (u32)console_read(&call->partition->lpar, bytes, size);
	if (!of_copy_out(call, call->arg[1], bytes, size))
		return OF_FAILED;
	call->ret[0] = size ? size : OF_NO_INPUT;
	return OF_DONE;
}

/* ( rtas-base-address -- rtas-call ) LoPAR "RTAS Node Methods" */
static enum of_status instantiate_rtas(struct of_call *call)
{
	if (call->nargs != 3 || rtas_instantiate(call->partition, call->arg[2]) != 0) {
		call->ret[0] = METHOD_FAILED;
		return OF_FAILED;
	}
	call->ret[1] = (u32)call->partition->rtas.base;
	return OF_DONE;
}

/* ( ibm,architecture.vec -- err? ) LoPAR "ibm,client-architecture-support" */
static enum of_status client_architecture_support(struct of_call *call)
{
	enum cas_result result;

	if (call->nargs != 3) {
		call->ret[0] = METHOD_FAILED;
		return OF_FAILED;
	}
	result = cas_negotiate(call->partition, call->arg[2], &call->fatal);
	of_tree_changed(call->partition);
	if (result == CAS_AGREED) {
		refcode_add(call->partition, REFCODE_CAS, "");
		cpu_refresh(call->vp);
	}
	call->ret[1] = result == CAS_AGREED ? 0 : 1;
	return OF_DONE;
}

static const struct {
	const char *path;
	const char *name;
	method *run;
} methods[] = {
	{"/rtas", "instantiate-rtas", instantiate_rtas},
	{"/", "ibm,client-architecture-support", client_architecture_support},
};

static method *find_method(const struct of_call *call, int node, const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(methods); i++)
		if (strcmp(name, methods[i].name) == 0 && node >= 0 &&
		    of_path_find(call->fdt, methods[i].path) == node)
			return methods[i].run;
	return NULL;
}

/* Arguments: method, instance, the method's own. Results: 0 or what it threw, its own. */
enum of_status of_call_method(struct of_call *call)
{
	char name[OF_NAME_SIZE];
	method *run;

	if (!of_string(call, call->arg[0], name, sizeof(name)))
		return OF_FAILED;
	run = find_method(call, of_instance_node(call, call->arg[1]), name);
	if (run) {
		run(call);
		return OF_DONE;
	}
	of_refuse(call, name);
	call->ret[0] = METHOD_UNKNOWN;
	return OF_DONE;
}

/* Arguments: phandle, method. Result: 0 when the package has it. */
enum of_status of_test_method(struct of_call *call)
{
	char name[OF_NAME_SIZE];

	if (!of_string(call, call->arg[1], name, sizeof(name)))
		return OF_FAILED;
	call->ret[0] = find_method(call, of_node(call, call->arg[0]), name) ? 0 : OF_NOT_FOUND;
	return OF_DONE;
}
