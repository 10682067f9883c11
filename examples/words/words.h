#ifndef WORDS_H
#define WORDS_H

/* How many words a text has: runs of anything but white space. */
long words(const char *text);

#endif
