/* image_empty.c - what start code and C library take alone
 * SPDX-License-Identifier: MIT
 */
int main(void)
{
    for (;;) {}
}
