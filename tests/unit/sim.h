/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine of 1 … 16 processors that run the real dispatcher, in simulated time. Each processor is
 * a coroutine in dispatch_run(); what takes time (a visit to a partition, a nap, a switch, a step
 * of work) lets the others go on. Nothing is left to chance but what sim_random() says: the same
 * seed gives the same run.
 */
#ifndef TESTS_UNIT_SIM_H
#define TESTS_UNIT_SIM_H

#include "hv/cpu.h"
#include "hv/dispatch.h"
#include "hv/lpar.h"
#include "hv/machine.h"
#include "hv/vp.h"
#include "types.h"

#define SIM_HZ	   512000000UL
#define SIM_US	   (SIM_HZ / 1000000)
#define SIM_WINDOW (SIM_US * DISPATCH_WINDOW_US)
#define SIM_LPARS  32 /* at once */
#define SIM_NEVER  (~0UL)

struct sim_cpu;
struct sim_lpar;
struct sim_vp;

/*
 * What the program in a virtual processor does when it has computed for sim_vp.left ticks: sets
 * sim_vp.left again, and may make hypercalls.
 */
typedef void sim_program(struct sim_vp *svp);

struct sim_vp {
	struct vp vp;
	struct sim_lpar *slpar;
	sim_program *program;
	struct sim_cpu *on; /* in this processor */
	u64 left;	    /* ticks of its own time until it does something */
	u64 busy, period;   /* of its program, in ticks */
	u64 next;	    /* timebase, of its program */
	bool pending;	    /* an external interrupt waits */
	bool deaf;	    /* MSR[EE] is off: kicks do not get through */
	bool donates;	    /* what vpa_donates() says */
	bool dispatched;    /* between vpa_dispatch() and vpa_preempt() */
	u64 used;	    /* ticks charged to it, in the partition and on the way in */
	u64 used_before;    /* the same at the last turn of the windows */
	u64 wants_since;    /* it was ready or running without a break; SIM_NEVER: it is not */
	u64 longest;	    /* that it waited for a processor after it was woken */
	u64 had;	    /* timebase at which it last had the processor or began to want it */
};

struct sim_lpar {
	struct lpar lpar;
	struct sim_vp *svps;
	u64 used;	 /* ticks charged to it */
	u64 used_before; /* the same at the last turn of the windows */
	u64 used_begin;	 /* … when the measuring began */
	s64 ahead;	 /* used beyond the entitlement and not paid yet */
	u64 wanted;	 /* ticks it was entitled to and wanted … */
	u64 missed;	 /* … of that, did not get */
	u64 worst;	 /* most that it missed in one window */
	bool dying;
};

enum sim_where { SIM_HYPERVISOR, SIM_PARTITION, SIM_IDLE };

struct sim_cpu {
	struct cpu cpu;
	struct sim_stack *stack;
	u64 wakes;	  /* timebase at which it goes on … */
	bool wakes_early; /* … unless a kick comes */
	bool kicked;	  /* a kick is on its way, and arrives at … */
	u64 kick_at;
	enum sim_where where;
	struct sim_vp *runs; /* whose time passes in SIM_PARTITION */
	u64 since;	     /* up to here the time has been charged */
	u64 used, idle, hypervisor;
	u64 deaf_until;	 /* when one that is deaf ran here last */
	u64 waste_since; /* idle since then though somebody waits; SIM_NEVER: no */
};

extern struct sim {
	u64 now;
	u64 seed, random;
	u32 nr_cpus, nr_lpars;
	struct sim_cpu cpu[MACHINE_MAX_CPUS];
	struct sim_lpar *lpar[SIM_LPARS];
	struct sim_cpu *self;	/* who runs */
	struct sim_cpu outside; /* that is the test, between the runs */
	u64 begin, end;		/* timebases */
	u64 edge;		/* the next turn of the windows */
	u64 windows;		/* whole ones since the beginning */
	u64 hypervisor;		/* ticks it used in this window, on all processors */

	/* What things cost, in ticks. */
	u64 switch_cost, hcall_cost, kick_delay, poll_cost, work_cost;

	u32 patience; /* windows that somebody who is entitled may wait for a turn */

	void (*on_poll)(void); /* machine_poll(); may be NULL */
	bool (*on_work)(void); /* a step of work, true = there is more */
	bool work;	       /* there is some */

	u64 dispatches, naps, kicks, hcalls; /* counts */
} sim;

/* Ends the test with a line that has the seed. */
#define sim_fail(...) sim_fail_at(__FILE__, __LINE__, __VA_ARGS__)
void sim_fail_at(const char *file, int line, const char *format, ...) __printf(3, 4) __noreturn;
#define sim_check(condition)                        \
	do {                                        \
		if (!(condition))                   \
			sim_fail("%s", #condition); \
	} while (0)

/* A number from 0 to @below - 1; from @low to @high. */
u64 sim_random(u64 below);
u64 sim_between(u64 low, u64 high);

/* A new machine of @nr_cpus processors, nothing on it. @seed names it. */
void sim_init(u64 seed, u32 nr_cpus);

/* Runs it for @windows dispatch windows more, from a turn of the windows to one. */
void sim_run(u32 windows);

/* Ends all partitions and checks that nothing is left of them. */
void sim_exit(void);

/* --- partitions (sim_lpar.c) --- */

struct sim_profile {
	enum sharing_mode mode;
	u32 vps;
	u32 units; /* hundredths */
	u32 weight;
};

/* Claims, makes and returns a partition whose virtual processors are stopped; NULL: no room. */
struct sim_lpar *sim_lpar_add(struct sim_profile profile);

/* Starts number @number of it with @program. */
void sim_vp_start(struct sim_lpar *slpar, u32 number, sim_program *program);
void sim_start_all(struct sim_lpar *slpar, sim_program *program);

/* Stops all of it; true once all processors have let go of it and it was freed. Ask again. */
bool sim_lpar_end(struct sim_lpar *slpar);

static inline struct sim_vp *sim_vp_of(const struct vp *vp)
{
	return container_of(vp, struct sim_vp, vp);
}

static inline struct sim_lpar *sim_lpar_of(const struct lpar *lpar)
{
	return container_of(lpar, struct sim_lpar, lpar);
}

/* --- hypercalls and interrupts (sim_program.c) --- */

void sim_cede(struct sim_vp *svp, u64 ticks);
void sim_join(struct sim_vp *svp);
void sim_confer(struct sim_vp *svp, struct sim_vp *target);
void sim_stop(struct sim_vp *svp);
void sim_interrupt(struct sim_vp *svp);

/* --- programs --- */

void sim_hog(struct sim_vp *svp);	  /* never gives its processor away */
void sim_deaf(struct sim_vp *svp);	  /* … and never lets an interrupt through */
void sim_periodic(struct sim_vp *svp);	  /* busy for .busy ticks in every .period */
void sim_bursts(struct sim_vp *svp);	  /* at random, .busy and .period at most */
void sim_interactive(struct sim_vp *svp); /* short work after each interrupt, sim_interrupt() */
void sim_ping_pong(struct sim_vp *svp);	  /* H_PROD to its neighbour and H_CEDE */
void sim_dec_storm(struct sim_vp *svp);	  /* H_CEDE for a moment, all the time */
void sim_prod_storm(struct sim_vp *svp);  /* H_PROD to everybody … */
void sim_ipi_storm(struct sim_vp *svp);	  /* … IPI to everybody … */
void sim_confer_storm(struct sim_vp *svp);
void sim_join_storm(struct sim_vp *svp);
void sim_start_storm(struct sim_vp *svp); /* stops and starts its neighbours */
void sim_anything(struct sim_vp *svp);	  /* all of that at random */

const char *sim_program_name(sim_program *program);

/* --- at random (sim_mix.c) --- */

/* A machine like no other with some partitions on it. */
void sim_mix(u64 seed, u32 nr_cpus);

/* … on which partitions come and go. */
void sim_mix_lives(u64 seed, u32 nr_cpus);

/* One more that there is room for, NULL: there is none. */
struct sim_lpar *sim_mix_add(void);

/* --- the clockwork (sim.c), for the processors (sim_cpu.c) --- */

/* The processor that runs does not go on before timebase @until. */
void sim_sleep(u64 until);

/* The same but for a kick, if @kicks: true when one came. */
bool sim_wait(u64 until, bool kicks);

/* Charges @scpu's time until now to whom it says. */
void sim_charge(struct sim_cpu *scpu);

/* --- what has to be true (sim_check.c) --- */

/* At any time; at the turn of the windows, all time being charged; over a whole run. */
void sim_check_step(void);
void sim_check_edge(void);
void sim_check_end(void);

/* Once @slpar is gone. */
void sim_check_lpar_end(const struct sim_lpar *slpar);

/* All figures start anew, at the turn of the windows. */
void sim_measure(void);

#endif
