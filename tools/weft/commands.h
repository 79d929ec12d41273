/* commands.h - one function for each command of weft; each gives its status
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TOOL_COMMANDS_H
#define WEFT_TOOL_COMMANDS_H

/* argv[0] is the command's own name; whole: all words of the program's own
 * command line, to start another program with. */
int command_run(int argc, char **argv, char **whole);
int command_new(int argc, char **argv);
int command_help(int argc, char **argv);
int command_version(void);

#endif
