/* words TEXT counts once and ends; without a text it reads greeting.txt each minute and goes on. */
#include "words.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int count, char **arguments) {
  if (count == 2) {
    printf("%ld\n", words(arguments[1]));
    return 0;
  }
  for (;;) {
    static char text[4096];
    FILE *file = fopen("greeting.txt", "r");
    if (!file) {
      perror("greeting.txt");
      return 1;
    }
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    printf("%ld words in %s\n", words(text), getenv("ENVIRONMENT") ? getenv("ENVIRONMENT") : "nowhere");
    fflush(stdout);
    sleep(60);
  }
}
