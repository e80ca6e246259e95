// SPDX-License-Identifier: Apache-2.0
// SOURCES: tools/hmc/word.c
// Lines of the management console, cut into commands and words.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tools/hmc/word.h"

static char text[4096];

/* All commands of @line: the words in brackets, and the joints between; or what is wrong. */
static const char *cut(const char *line, bool unfinished)
{
	static const char *const joints[] = {"", ";", "&&", "||"};
	enum word_joint joint;
	const char *problem;
	struct words words;
	size_t n = 0;

	do {
		if (words_take(&line, &words, &joint, unfinished, &problem))
			return problem;
		for (int i = 0; i < words.count; i++)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "[%s]", words.word[i]);
		assert_null(words.word[words.count]);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", joints[joint]);
		words_free(&words);
	} while (joint != WORD_END);
	return text;
}

static void words_as_in_a_shell(void **state)
{
	static const struct {
		const char *line, *words;
	} table[] = {
		{"", ""},
		{" \t ", ""},
		{"a", "[a]"},
		{"  a\tb  ", "[a][b]"},
		{"a 'b c' \"d e\" f\\ g", "[a][b c][d e][f g]"},
		{"a'b'\"c\"d", "[abcd]"},
		{"'' \"\"", "[][]"},
		{"'\\' \"\\\"\\\\\\$\\x\" \\'", "[\\][\"\\$\\x][']"},
		{"'a|b>$(c)' a\\|b", "[a|b>$(c)][a|b]"},
		{"-i \"name=a,\"\"x=1,2\"\"\"", "[-i][name=a,x=1,2]"},
		{"-i 'name=a,\"x=1,2\"'", "[-i][name=a,\"x=1,2\"]"},
		{"a;b\nc", "[a];[b];[c]"},
		{"a&&b||c ; ", "[a]&&[b]||[c];"},
		{"a # b ; c\nd#e", "[a];[d#e]"},
		{"a \\\n b\\\nc", "[a][bc]"},
		{"\"a\\\nb\"", "[ab]"},
		{"*? ~ {a} !b", "[*?][~][{a}][!b]"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		assert_string_equal(cut(table[i].line, false), table[i].words);
}

static void nothing_else_of_a_shell(void **state)
{
	static const char *const lines[] = {
		"a | b", "a|b", "a & b", "a &",	   "a > b",   "a >> b", "a < b", "a 2>&1",
		"(a)",	 "`a`", "$a",	 "\"$a\"", "\"`a`\"", "a&&&b",	"a|||b",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_non_null(strstr(cut(lines[i], false), "not a shell"));
	assert_string_equal(cut("a 'b", false), "a quotation mark is missing");
	assert_string_equal(cut("a \"b\\\"", false), "a quotation mark is missing");
}

static void unfinished_lines(void **state)
{
	(void)state;
	assert_string_equal(cut("", true), "[]");
	assert_string_equal(cut("a", true), "[a]");
	assert_string_equal(cut("a ", true), "[a][]");
	assert_string_equal(cut("a; ", true), "[a];[]");
	assert_string_equal(cut("a 'b c", true), "[a][b c]");
	assert_string_equal(cut("a \"", true), "[a][]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_as_in_a_shell),
		cmocka_unit_test(nothing_else_of_a_shell),
		cmocka_unit_test(unfinished_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
