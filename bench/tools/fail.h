// The end of a program that cannot go on.
#pragma once

// Prints the text (as printf does) with the program's name, and exits with 1.
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);
