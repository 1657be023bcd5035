#include "routing/kinds.h"
