// SPDX-License-Identifier: Apache-2.0
/* Time of day: the machine's clock and an offset that belongs to the partition. */
#include "hv/machine.h"
#include "partition/partition.h"
#include "partition/rtas.h"

#define DAY_SECONDS 86400UL
#define YEAR_MIN    1970 /* the machine's clock counts from there */
#define YEAR_MAX    9999

/* In the order of the cells. LoPAR "Time of Day Inputs/Outputs". */
struct date {
	u32 year, month, day, hour, minute, second;
};

static bool is_leap(u32 year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static u32 month_days(u32 year, u32 month)
{
	static const u8 days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days from the first of January 1970 to that of @year. */
static u64 year_start(u64 year)
{
	u64 past = year - 1;

	return past * 365 + past / 4 - past / 100 + past / 400 - 719162;
}

static bool is_date(const struct date *date)
{
	return date->year >= YEAR_MIN && date->year <= YEAR_MAX && date->month >= 1 &&
	       date->month <= 12 && date->day >= 1 &&
	       date->day <= month_days(date->year, date->month) && date->hour <= 23 &&
	       date->minute <= 59 && date->second <= 59;
}

static u64 date_seconds(const struct date *date)
{
	u64 days = year_start(date->year) + date->day - 1;

	for (u32 month = 1; month < date->month; month++)
		days += month_days(date->year, month);
	return days * DAY_SECONDS + date->hour * 3600 + date->minute * 60 + date->second;
}

/* @seconds: of a year up to YEAR_MAX */
static struct date seconds_date(u64 seconds)
{
	u64 days = seconds / DAY_SECONDS;
	u32 rest = seconds % DAY_SECONDS;
	struct date date = {
		.year = YEAR_MIN + (u32)(days / 366), /* this or an earlier year */
		.month = 1,
		.hour = rest / 3600,
		.minute = rest / 60 % 60,
		.second = rest % 60,
	};

	while (year_start(date.year + 1) <= days)
		date.year++;
	days -= year_start(date.year);
	while (days >= month_days(date.year, date.month))
		days -= month_days(date.year, date.month++);
	date.day = (u32)days + 1;
	return date;
}

/* The partition's time. */
static struct date date_now(const struct partition *partition)
{
	static const struct date last = {YEAR_MAX, 12, 31, 23, 59, 59};
	u64 now = machine_time_of_day() + partition->lpar.tod_offset;

	return seconds_date(MIN(now, date_seconds(&last)));
}

static u32 bcd(u32 number)
{
	u32 result = 0;

	for (u32 shift = 0; number != 0; shift += 4, number /= 10)
		result |= number % 10 << shift;
	return result;
}

void rtas_clock_bcd(const struct partition *partition, u32 *date, u32 *time)
{
	struct date now = date_now(partition);

	*date = bcd(now.year) << 16 | bcd(now.month) << 8 | bcd(now.day);
	*time = bcd(now.hour) << 24 | bcd(now.minute) << 16 | bcd(now.second) << 8;
}

/*
 * Outputs: year, month, day, hour, minute, second, and 0 nanoseconds: the machine's clock counts
 * seconds. LoPAR "get-time-of-day", "RTAS Access to Hypervisor Virtualized Resources".
 */
static s32 rtas_get_time_of_day(struct rtas_call *call)
{
	struct date date = date_now(call->partition);

	call->ret[1] = date.year;
	call->ret[2] = date.month;
	call->ret[3] = date.day;
	call->ret[4] = date.hour;
	call->ret[5] = date.minute;
	call->ret[6] = date.second;
	return RTAS_SUCCESS;
}
RTAS_CALL("get-time-of-day", 0, 8, rtas_get_time_of_day);

/* Inputs: year, month, day, hour, minute, second, nanosecond. LoPAR "set-time-of-day". */
static s32 rtas_set_time_of_day(struct rtas_call *call)
{
	const u32 *arg = call->arg;
	struct date date = {arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]};

	if (!is_date(&date) || arg[6] > 999999999)
		return RTAS_PARAMETER;
	call->partition->lpar.tod_offset = date_seconds(&date) - machine_time_of_day();
	return RTAS_SUCCESS;
}
RTAS_CALL("set-time-of-day", 7, 1, rtas_set_time_of_day);
