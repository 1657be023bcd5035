#include "broker/store.h"
