/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the dispatcher tells a partition in its virtual processor areas. Registration belongs to
 * the partition's lock; the dispatcher takes none: an area that a partition takes back or moves
 * while another of its processors is switched may get one last update, in its own memory.
 */
#ifndef HV_VPA_H
#define HV_VPA_H

struct vp;

/*
 * @vp gets a processor, or loses it: the dispatch count in its area, if it registered one, becomes
 * the next even or odd number. Whatever the partition wrote there is no harm.
 */
void vpa_dispatch(struct vp *vp);
void vpa_preempt(struct vp *vp);

#endif
