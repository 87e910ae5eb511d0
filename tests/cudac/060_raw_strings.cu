__global__ void k() { printf(R"(raw "quoted" \n)"); printf(R"x(a)"b)x"); printf("tab\there \x41\101 \u00e9 %%\n"); printf("con" "cat\n"); printf("line\
continued\n"); }
