"""Texts of the Learn tab in English."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "learn_title": "How pix2pix learns",
    "learn_intro": (
        "The story of the paper “Image-to-Image Translation with Conditional Adversarial Networks” (Isola"
        " and others, 2017) in seven short chapters. Every picture below is made while you watch, by nine"
        " small models that this project trained to turn labels of buildings into photos."
    ),
    "learn_contents": "Chapters",
    "learn_input": "The input of all chapters",
    "learn_building": "Building {seed}",
    "learn_own_labels": "Your labels",
    "learn_building_slider": "Number of the building",
    "learn_another": "Another building",
    "learn_upload_labels": "Your own labels",
    "learn_upload_labels_tip": (
        "A picture of flat colours: each is read as the nearest of the twelve labels"
    ),
    "learn_legend": "What the twelve colours mean",
    "learn_labels": "Input x: labels",
    "learn_notice": "What to notice",
    "learn_paper": "In the paper: {where}",
    "learn_slow": "No answer yet; wait a little, or check the connection and try again.",
    "learn_large": "This file is larger than {limit} MB; choose a smaller picture.",
    "learn_label_background": "background",
    "learn_label_facade": "facade",
    "learn_label_window": "window",
    "learn_label_door": "door",
    "learn_label_cornice": "cornice",
    "learn_label_sill": "sill",
    "learn_label_balcony": "balcony",
    "learn_label_blind": "blind",
    "learn_label_deco": "deco",
    "learn_label_molding": "molding",
    "learn_label_pillar": "pillar",
    "learn_label_shop": "shop",
    "learn_m_l1": "L1",
    "learn_m_l2": "L2",
    "learn_m_cgan": "cGAN",
    "learn_m_l1_cgan": "L1+cGAN",
    "learn_m_l1_cgan_no_skips": "L1+cGAN, no skips",
    "learn_m_l1_gan": "L1+GAN, unconditional",
    "learn_m_patch_1": "L1+cGAN, patch 1",
    "learn_m_patch_16": "L1+cGAN, patch 16",
    "learn_m_patch_286": "L1+cGAN, patch 286",
    "learn_c1_title": "The task, and the conditional GAN",
    "learn_c1_text": (
        "The generator G gets an input x, here the labels of a building, and answers with a picture G(x)."
        " The discriminator D says how real a picture looks. In a conditional GAN, D is shown the input as"
        " well and judges the pair, so it can object to a fine picture that does not belong to its input."
        " Without the condition, D sees the picture alone."
    ),
    "learn_c1_sees": "What D is shown",
    "learn_c1_both": "Input and picture",
    "learn_c1_alone": "The picture alone",
    "learn_c1_pair": "The input beside the picture",
    "learn_c1_right": "The right one",
    "learn_c1_wrong": "Another building’s",
    "learn_c1_x": "Input for D",
    "learn_c1_x_unseen": "Input: D does not see it",
    "learn_c1_y": "Picture G(x)",
    "learn_c1_map": "D’s opinion: orange fake, blue real",
    "learn_c1_table": "How real D finds the picture, on average over all patches",
    "learn_c1_critic": "Discriminator",
    "learn_c1_with": "conditional",
    "learn_c1_without": "unconditional",
    "learn_c1_difference": "Change",
    "learn_c1_notice": (
        "Swap the input under the same picture. The conditional discriminator’s scores move; the"
        " unconditional one’s stay the same to the last digit, because the input never reaches it. They"
        " need not fall: D has learned to spot G’s answers beside their own inputs, and has never met a"
        " swapped pair."
    ),
    "learn_c1_where": "section 3.1 (objective) and section 4.2, table 1",
    "learn_c2_title": "L1 against L2",
    "learn_c2_text": (
        "One input can have several right answers. A network that is trained with a loss on pixels alone"
        " then learns a compromise between them. L2, the squared error, is smallest at their mean; L1, the"
        " absolute error, is smallest at their median."
    ),
    "learn_c2_outlier": "Move the outlier",
    "learn_c2_values": "Mean, best for L2: {mean} · Median, best for L1: {median}",
    "learn_c2_plot": (
        "Five values on a line, one of them the outlier at {outlier}. The L2 loss is smallest at their"
        " mean {mean}, the L1 loss at their median {median}."
    ),
    "learn_c2_mean": "mean",
    "learn_c2_median": "median",
    "learn_c2_loss": "loss of a prediction (own scale)",
    "learn_c2_outlier_mark": "outlier",
    "learn_detail": "fine detail {db} dB",
    "learn_c2_notice": (
        "Pull the outlier to the right: the mean follows it all the way, the median stays where most"
        " values are. In the pictures, both models blur what they cannot know. The numbers below them say"
        " how much energy is in waves shorter than 8 pixels; for most buildings L2 has less."
    ),
    "learn_c2_where": "section 3.1 (“L1 encourages less blurring”)",
    "learn_c3_title": "Low and high frequencies",
    "learn_c3_text": (
        "A picture is a sum of waves. Slow ones, the low frequencies, carry large areas and light; fast"
        " ones, the high frequencies, carry edges and texture. Frequency is counted in cycles per pixel."
        " The paper leaves the low frequencies to L1 and the high ones to the GAN."
    ),
    "learn_c3_low": "Low cut",
    "learn_c3_high": "High cut",
    "learn_c3_cycles": "{frequency} cycles per pixel (waves of {pixels} px)",
    "learn_c3_zero": "nothing cut",
    "learn_c3_upload": "Your picture",
    "learn_c3_from_draw": "Picture from the Draw tab",
    "learn_c3_no_draw": "There is no picture on the Draw tab yet: draw something there first.",
    "learn_c3_labels": "The building",
    "learn_c3_picture": "The picture",
    "learn_c3_kept": "Waves between the cuts",
    "learn_c3_rest": "All other waves",
    "learn_c3_plot_own": (
        "Power of the picture’s waves by frequency; kept from {low} to {high} cycles per pixel."
    ),
    "learn_c3_axis": "cycles per pixel",
    "learn_c3_power": "power, dB",
    "learn_c3_models": "The same building by three models, and their spectra",
    "learn_c3_plot_models": (
        "Power of waves by frequency for three models. Above 1/8 cycle per pixel the mean power is {values}."
    ),
    "learn_c3_notice": (
        "Cut away the low waves: areas and colours go, outlines stay. In the second plot L1 falls off to"
        " the right, where fine detail is; the two models with a GAN stay higher. Much power is not yet"
        " good detail: a peak at 1/2 is a checkerboard, which the up-sampling leaves behind."
    ),
    "learn_c3_where": "section 3.2.2, and section 4.2 with figure 4",
    "learn_c4_title": "Skip connections",
    "learn_c4_text": (
        "The generator squeezes its input down to a few numbers and unfolds them into a picture. In a"
        " U-Net, each level on the way down is also handed across to the same level on the way up, so that"
        " outlines need not squeeze through the bottleneck."
    ),
    "learn_c4_skips": "Skip connections",
    "learn_c4_on": "On",
    "learn_c4_off": "Off",
    "learn_c4_scheme_on": "A U-Net: the encoder narrows, the decoder widens, and skips join equal levels.",
    "learn_c4_scheme_off": (
        "An encoder-decoder: everything passes through the bottleneck, no level is skipped."
    ),
    "learn_c4_down": "encoder",
    "learn_c4_up": "decoder",
    "learn_c4_neck": "bottleneck",
    "learn_c4_notice": (
        "Switch the skips off and look for the windows: they are no longer where"
        " the labels put them. Then choose another building: the answers without skips hardly"
        " change."
    ),
    "learn_c4_where": "section 3.2.1, and section 4.3 with figure 5 and table 2",
    "learn_c5_title": "Patch sizes",
    "learn_c5_text": (
        "A PatchGAN does not judge the picture as a whole. Each cell of its map judges one square patch,"
        " its receptive field. A patch of 1 pixel can only judge colours; one of 286 is larger than this"
        " whole picture. Point at the picture to choose a cell."
    ),
    "learn_c5_field": "Side of the patch in pixels",
    "learn_c5_row": "Row of the cell",
    "learn_c5_column": "Column of the cell",
    "learn_c5_map": "D’s opinion of the L1+cGAN picture, and what one cell sees",
    "learn_c5_values": (
        "{columns} x {rows} cells, one every {step} px. Cell in row {row}, column {column} sees {width} x"
        " {height} px of the picture and finds them {real} real; all cells on average {mean}."
    ),
    "learn_c5_outputs": "Trained with each patch size",
    "learn_c5_patch": "patch {field}",
    "learn_c5_notice": (
        "The box is exact: it follows from the layers’ kernels and strides. Neighbouring boxes overlap,"
        " and at the border they are cut off. In the row below, patch 1 is as soft as L1 alone; 16 and 70"
        " make the generator draw texture."
    ),
    "learn_c5_where": "section 3.2.2, and section 4.4 with figure 6 and table 3",
    "learn_c6_title": "Noise z",
    "learn_c6_text": (
        "A GAN usually gets random noise z as well, so that one input can have many answers. In pix2pix"
        " the noise is dropout that stays on after training; here a seed chooses it. Compare two seeds."
    ),
    "learn_c6_first": "Seed of picture A",
    "learn_c6_second": "Seed of picture B",
    "learn_c6_model": "Model",
    "learn_c6_a": "A",
    "learn_c6_b": "B",
    "learn_c6_difference": "Difference, {gain} times enlarged",
    "learn_c6_values": "They differ by {mean} of 255 levels on average, and by {most} at most.",
    "learn_c6_notice": (
        "Shades and texture change, but it stays the same building with the same windows. The authors"
        " found the same: a generator given noise as an input learned to ignore it, and dropout brought"
        " only minor variation. Truly different answers they left as an open question."
    ),
    "learn_c6_where": "section 3.1, last paragraph",
    "learn_c7_title": "What the numbers said",
    "learn_c7_text": (
        "These are the numbers of the very models above, measured on {pairs} held-out pairs when they were"
        " made and read from their files. Below them: what the paper reports, and whether these models"
        " agree."
    ),
    "learn_c7_table": "The nine small models, measured",
    "learn_c7_model": "Model",
    "learn_n_l1": "L1 error",
    "learn_n_ssim": "SSIM",
    "learn_n_spectrum": "Spectrum, dB apart",
    "learn_n_sharpness": "Sharpness",
    "learn_n_kernel": "Kernel distance",
    "learn_n_l1_tip": "mean absolute error of 2; lower is nearer",
    "learn_n_ssim_tip": "likeness of structure; higher is nearer",
    "learn_n_spectrum_tip": "mean distance from the photos’ spectra; lower is nearer",
    "learn_n_sharpness_tip": "energy of fine detail over the photos’; 1 is as sharp",
    "learn_n_kernel_tip": "how far outputs and photos are as sets, to a network that knows a million photos",
    "learn_c7_agrees": "as in the paper",
    "learn_c7_differs": "not as in the paper",
    "learn_c7_numbers": "{number}: {smaller} {low}, {larger} {high}",
    "learn_claim_l1_softer": "L1 alone is softer than L1+cGAN.",
    "learn_claim_spectrum_nearer": "L1+cGAN is nearer to the photos’ spectrum than L1.",
    "learn_claim_l2_softer": "L2 alone is softer than L1 alone.",
    "learn_claim_cgan_farther": "cGAN alone is farther from the true photo than L1+cGAN.",
    "learn_claim_skips_cgan": "Skips help, with L1+cGAN.",
    "learn_claim_cgan_kernel": "L1+cGAN looks more like photos than L1.",
    "learn_claim_condition_kernel": "The conditional GAN looks more like photos than the unconditional one.",
    "learn_claim_patch_1_softer": "Patch 1 is softer than patch 70.",
    "learn_claim_patch_16_kernel": "Patch 70 looks at least as much like photos as patch 16.",
    "learn_claim_patch_1_kernel": "Patch 70 looks at least as much like photos as patch 1.",
    "learn_claim_patch_286_kernel": "Patch 70 looks at least as much like photos as patch 286.",
    "learn_c7_notice": (
        "Plain blur does well by L1 and SSIM, which is why the paper asks other judges. These models are"
        " small, trained briefly and once each, on other data than the paper’s tables: where they"
        " contradict it, the paper is not refuted, but the effect is not as sure as one table makes it"
        " look."
    ),
    "learn_c7_where": "sections 4.2 to 4.4, tables 1 to 3",
    "learn_terms": (
        "The small models were trained on the CMP facades data and are for research use only. No photo of"
        " that data is shown here: the labels are drawn by this app from a number."
    ),
}
