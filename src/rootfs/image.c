#include "rootfs/image.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* 9999-12-31T23:59:59Z */
static const int64_t last_second = 253402300799;

void image_time(int64_t seconds, char text[IMAGE_TIME_SIZE])
{
	time_t time = (time_t)(seconds < last_second ? seconds : last_second);
	struct tm tm = { 0 };

	gmtime_r(&time, &tm);
	strftime(text, IMAGE_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
