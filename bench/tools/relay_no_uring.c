// Stands in for relay_uring.c where liburing is not installed.
#include "fail.h"
#include "relay.h"

void relay_run_uring(struct relay *relay) {
  (void)relay;
  fail("built without liburing; install it: apt-get install liburing-dev");
}
